package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Verdict;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.server.Challenge.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model and, if there is one, its challenger: two trainers that share samples, steps and versions. The model's closes the
 * steps, the challenger's follows. Two configurations train them, the first that of the model until they change roles; workers
 * know configurations alone, so that roles may change between any two steps.
 */
final class Learners {
    private static final Logger LOG = LoggerFactory.getLogger(Learners.class);

    private final ServerSettings settings;
    private final List<ModelSpec> specs; // by configuration
    private final ParameterLayout first;
    private final boolean begun; // the challenger, in this life: gradients of another one are not of its parameters
    private Trainer model;
    private @Nullable Trainer challenger;
    private @Nullable Step closed; // of the challenger

    private Learners(ServerSettings settings, Trainer model, @Nullable Trainer challenger, boolean begun) {
        this.settings = settings;
        this.specs = new ArrayList<>();
        specs.add(ModelSpec.fromJson(settings.modelJson()));
        ChallengerSettings second = settings.challenger();
        if (second != null) specs.add(ModelSpec.fromJson(second.recipe().modelJson()));
        this.first = specs.get(0).layout();
        this.model = model;
        this.challenger = challenger;
        this.begun = begun;
    }

    /**
     * Makes the trainers of a configuration and what a checkpoint held. A challenger that is new begins with its initial
     * parameters, and so does one that was another model; one that the configuration no longer has is given up.
     *
     * @param restored null for a model that begins; its version rises, as what follows is not what an earlier attempt made of it
     * @param controlled whether commands may come
     * @throws IllegalStateException if the checkpoint belongs to another model
     */
    static Learners create(ServerSettings settings, @Nullable TrainingState restored, boolean controlled) {
        Challenge before = restored == null ? null : restored.challenge;
        ChallengerSettings second = settings.challenger();
        boolean swapped = restored != null
                && before != null
                && before.swapped
                && second != null
                && isSwapped(restored, settings, second);
        if (restored != null) restored.challenge = null;
        if (second == null && before != null) sayDropped(settings, before);
        Trainer model = Trainers.create(settings.ofModel(swapped), restored, controlled);
        if (restored != null) restored.version++;
        if (second == null) return new Learners(settings, model, null, false);
        ServerSettings own = settings.ofChallenger(second, swapped);
        Trainer kept = before == null || before.swapped != swapped ? null : kept(own, before);
        Trainer challenger = kept == null ? Trainers.create(own, null, false) : kept;
        challenger.challenge(model.state());
        challenger.state().topics = model.state().topics; // it gets the same mini-batches
        if (before == null || kept == null) {
            before = Challenge.begin(challenger.state(), second.rule());
            before.swapped = swapped;
            LOG.info("{} is challenged by {} from version {} on", settings.model(), own.model(), model.state().version);
        }
        before.goOn(second.rule());
        model.state().challenge = before;
        return new Learners(settings, model, challenger, kept == null);
    }

    /** Who moves the challenger's section to the model's place after a change of roles finds the model there. */
    private static boolean isSwapped(TrainingState model, ServerSettings settings, ChallengerSettings second) {
        if (ModelMatch.fits(model, second.recipe().modelJson()) || !ModelMatch.fits(model, settings.modelJson())) {
            return true;
        }
        LOG.warn(
                "{}: what was the challenger's section is the model's now; {} begins anew",
                settings.model(),
                second.model());
        return false;
    }

    private static void sayDropped(ServerSettings settings, Challenge before) {
        LOG.warn(
                "{}: the configuration has no challenger any more; what it learnt from {} samples is given up{}",
                settings.model(),
                before.state.totalSamples,
                before.swapped
                        ? ". The model goes on as the challenger's section trained it: it must be model: now"
                        : "");
    }

    /** The challenger as it was; null if it was another model. */
    private static @Nullable Trainer kept(ServerSettings own, Challenge before) {
        try {
            return Trainers.create(own, before.state, false);
        } catch (IllegalStateException e) {
            LOG.warn("{} begins anew: {}", own.model(), e.getMessage());
            return null;
        }
    }

    /**
     * Has versions go on above those that were published before. Where some were, a model that begins publishes none before its
     * first step.
     *
     * @param begins without a checkpoint
     */
    void goOnAbove(long published, boolean begins) {
        TrainingState state = model.state();
        if (state.version > published) return;
        LOG.warn(
                "{}: {} at version {}, version {} was published before: versions go on above that",
                settings.model(),
                begins ? "begins anew" : "goes on from a checkpoint",
                state.version,
                published);
        state.version = begins ? published : published + 1;
        if (begins) state.publishedVersion = published;
        Trainer second = challenger;
        if (second == null) return;
        second.accompany(state);
        if (begins) second.state().publishedVersion = published;
    }

    /** The trainer that closes steps. */
    Trainer model() {
        return model;
    }

    /** Null without a challenger. */
    @Nullable
    Trainer challenger() {
        return challenger;
    }

    /** What is known of the two; null without a challenger. */
    @Nullable
    Challenge challenge() {
        return model.state().challenge;
    }

    boolean isSwapped() {
        Challenge challenge = challenge();
        return challenge != null && challenge.swapped;
    }

    /** Of each configuration. */
    List<ParameterLayout> layouts() {
        return specs.stream().map(ModelSpec::layout).toList();
    }

    /** The trainer that has a configuration. */
    Trainer of(int configuration) {
        Trainer second = challenger;
        return second == null || (configuration == 0) != isSwapped() ? model : second;
    }

    /** Adds a block of a gradient, and with its last block the sums beside it. */
    void add(Gradient gradient, boolean ofThisLife) {
        boolean ofFirst = gradient.table == Gradient.DENSE
                ? gradient.offset < first.denseSize() || gradient.length == 0
                : gradient.table < first.tables().size();
        if (ofFirst) of(0).add(gradient, 0, 0);
        else if (takesSecond(ofThisLife))
            of(1).add(gradient, first.denseSize(), first.tables().size());
        Gradient.Summary summary = gradient.summary;
        if (summary == null) return;
        of(0).add(gradient, summary, summary.outcomes(), summary.signals());
        Gradient.Second second = summary.second();
        if (second != null && takesSecond(ofThisLife)) {
            of(1).add(gradient, summary, second.outcomes(), second.signals(summary.signals()));
        }
    }

    private boolean takesSecond(boolean ofThisLife) {
        return challenger != null && (ofThisLife || !begun);
    }

    /**
     * Closes the step under way for both.
     *
     * @return whether the model's was accepted
     */
    boolean close(StepTiming timing) {
        TrainingState state = model.state();
        Outcomes outcomes = model.pending();
        int samples = model.pendingSamples();
        long drifts = state.drifts;
        boolean accepted = model.close(timing);
        Trainer second = challenger;
        if (second == null) return accepted;
        Outcomes its = second.pending();
        int itsSamples = second.pendingSamples();
        boolean itsAccepted = second.follow(state, state.drifts > drifts);
        Step step = new Step(itsAccepted, itsSamples, its);
        Objects.requireNonNull(challenge()).closed(new Step(accepted, samples, outcomes), step);
        closed = step;
        return accepted;
    }

    /** The challenger's last step; null without a challenger, or before the first. */
    @Nullable
    Step closed() {
        return closed;
    }

    /** Holds the two against each other; null without a challenger, or if nothing was learnt since the last time. */
    @Nullable
    Verdict judge() {
        ChallengerSettings second = settings.challenger();
        Challenge challenge = challenge();
        return second == null || challenge == null ? null : challenge.judge(second.rule(), specs.get(0));
    }

    /** Model and challenger change roles; names, and what was published under them, stay where they are. */
    void swap() {
        Trainer before = model;
        Trainer next = Objects.requireNonNull(challenger, "there is a challenger");
        TrainingState was = before.state();
        TrainingState is = next.state();
        is.challenge = Objects.requireNonNull(was.challenge).answeredBy(was);
        was.challenge = null;
        next.lead(before);
        Standing standing = is.standing;
        is.standing = was.standing;
        was.standing = standing;
        long published = is.publishedVersion;
        is.publishedVersion = was.publishedVersion;
        was.publishedVersion = published;
        model = next;
        challenger = before;
    }
}
