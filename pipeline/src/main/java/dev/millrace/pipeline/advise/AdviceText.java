package dev.millrace.pipeline.advise;

import static dev.millrace.pipeline.advise.Words.count;

import java.util.List;
import java.util.Locale;

/** The advice as text of at most 80 columns. */
final class AdviceText {
    private static final int COLUMNS = 80;

    private final Findings findings;
    private final Study study;
    private final Recommendation recommendation;
    private final StringBuilder text = new StringBuilder();

    private AdviceText(Findings findings, Recommendation recommendation) {
        this.findings = findings;
        this.study = findings.study();
        this.recommendation = recommendation;
    }

    static String of(Findings findings, Recommendation recommendation) {
        AdviceText advice = new AdviceText(findings, recommendation);
        advice.heading();
        advice.table();
        advice.notes();
        advice.answers();
        advice.recommendation();
        return advice.text.toString();
    }

    private void heading() {
        RecentSamples recent = study.recent();
        boolean all = study.samples() == recent.read();
        paragraph(
                0,
                "What the batch size does to model " + study.model() + ", measured on "
                        + (all ? "all " : "the newest ") + count(study.samples())
                        + (all ? "" : " of " + count(recent.read())) + " samples of " + recent.origin()
                        + (recent.bad() == 0
                                ? ""
                                : " (" + count(recent.bad())
                                        + (recent.bad() == 1 ? " bad record left out)" : " bad records left out)"))
                        + ", in "
                        + Words.seconds(study.seconds()) + ".");
        if (recent.bad() > 0) paragraph(0, "A bad record: " + recent.example());
        line("");
    }

    private void table() {
        boolean classes = hasAccuracy();
        line(row("batch", "samples/s", "steps/s", "memory", "cores", "noise", "best", "loss", "timed")
                + (classes ? "  acc." : ""));
        line(row("size", "", "", "", "", "scale", "rate", "", "loss") + (classes ? "     %" : ""));
        for (Measurement m : study.measurements()) {
            line(row(
                            m.size(),
                            Words.perSecond(m.samplesPerSecond()),
                            Words.perSecond(m.timing().stepsPerSecond()),
                            Words.bytes(m.memoryBytes()),
                            String.format(Locale.ROOT, "%.1f", m.timing().cores()),
                            noise(m.noiseScale()),
                            mark(m.edge()) + Words.rate(m.learningRate()),
                            Words.loss(m.loss().mean()),
                            Words.loss(m.timedLoss().mean()))
                    + (classes ? String.format(Locale.ROOT, " %5.1f", 100 * m.accuracy()) : ""));
        }
        line("");
    }

    private boolean hasAccuracy() {
        return study.measurements().stream().anyMatch(m -> Double.isFinite(m.accuracy()));
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%7s %9s %8s %9s %5s %6s %7s %7s %7s", cells);
    }

    private static String noise(double phi) {
        return phi >= 99_999.5 ? "> 10^5" : count(phi);
    }

    private static String mark(Measurement.Edge edge) {
        return switch (edge) {
            case NONE -> "";
            case LOWEST -> "<";
            case HIGHEST -> ">";
        };
    }

    private void notes() {
        Losses lowest = findings.best().loss();
        note("memory", "of one worker: parameters, gradient and a mini-batch.");
        note("noise scale", "the batch size at which noise and signal of the mean gradient are equal.");
        note(
                "best rate",
                "the learning rate of the lowest loss"
                        + (edges() ? "; < or >: it was the lowest or the highest tried." : "."));
        note("loss", "the mean over all samples, each before it was learnt from.");
        note(
                "timed loss",
                "every size learns for " + Words.seconds(study.equalTime().seconds())
                        + ", in which the fastest gets through nine tenths of the samples; then its model is judged on the last"
                        + " tenth, at the rate that is best for that.");
        note(
                "equal",
                lowest.count() < 2
                        ? "losses within 2 %: there was time for one run of each only. More --seconds make it surer."
                        : String.format(
                                Locale.ROOT,
                                "losses within %.4f or half a percent, by the spread of %d runs from different initial"
                                        + " parameters.",
                                findings.equality().difference(),
                                lowest.count()));
        note(
                "left out",
                "what a step costs between workers and parameter server. This is the engine and the optimizer"
                        + " of one worker, in one thread; the job's reports tell that cost as stepSyncSeconds.");
        line("");
    }

    private boolean edges() {
        return study.measurements().stream().anyMatch(m -> m.edge() != Measurement.Edge.NONE);
    }

    private void note(String word, String meaning) {
        paragraph(2, word + ": " + meaning);
    }

    private void answers() {
        for (Answers.Answer answer : Answers.of(findings)) {
            line(answer.question());
            paragraph(2, answer.text());
        }
        line("");
    }

    private void recommendation() {
        line("Recommended");
        for (Choice choice : recommendation.choices()) {
            paragraph(2, choice.key() + " " + choice.value() + ": " + choice.reason());
        }
        line("");
        line("For the configuration:");
        line("");
        yaml().forEach(this::line);
    }

    private List<String> yaml() {
        return List.of(
                "batch.policy: " + recommendation.policy(),
                "batch.size: " + recommendation.size(),
                "batch.min: " + recommendation.min(),
                "batch.max: " + recommendation.max(),
                "learning-rate" + (study.hasSchedule() ? ".initial: " : ": ")
                        + Words.rate(recommendation.learningRate()));
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    /** Words in lines of at most 80 columns, the first with this indent and the others with two more. */
    private void paragraph(int indent, String words) {
        StringBuilder line = new StringBuilder(" ".repeat(indent));
        boolean empty = true;
        for (String word : words.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > COLUMNS) {
                line(line.toString());
                line = new StringBuilder(" ".repeat(indent == 0 ? 0 : indent + 2));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        line(line.toString());
    }
}
