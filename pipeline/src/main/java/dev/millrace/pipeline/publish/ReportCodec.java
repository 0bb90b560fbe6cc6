package dev.millrace.pipeline.publish;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.pipeline.control.Outcome;
import dev.millrace.pipeline.server.AliasReport;
import dev.millrace.pipeline.server.BatchReport;
import dev.millrace.pipeline.server.ClassReport;
import dev.millrace.pipeline.server.GateOutcome;
import dev.millrace.pipeline.server.ScoreReport;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.ChampionChange;
import dev.millrace.schemas.ClassScore;
import dev.millrace.schemas.CommandOutcome;
import dev.millrace.schemas.GateDecision;
import dev.millrace.schemas.TrainingReport;
import dev.millrace.schemas.wire.AvroFraming;

/** Reports as they travel: {@link TrainingReport} in Avro's single-object encoding. */
public final class ReportCodec {

    private final AvroFraming<TrainingReport> framing = new AvroFraming<>(TrainingReport.class);

    public byte[] encode(StepReport r) {
        BatchReport batch = r.batch();
        ScoreReport scores = r.scores();
        return framing.encode(new TrainingReport(
                r.model(),
                r.time(),
                r.version(),
                r.incarnation(),
                r.steps(),
                r.totalSamples(),
                r.samples(),
                r.seconds(),
                r.loss(),
                r.windowLoss(),
                r.fadingLoss(),
                r.accuracy(),
                r.auc(),
                r.batchSize(),
                batch.reason(),
                r.learningRate(),
                r.gradientNorm(),
                r.staleGradients(),
                r.refusedSteps(),
                r.maxEventTime(),
                batch.statisticalSize(),
                batch.noiseScale(),
                batch.curvature(),
                batch.regime(),
                batch.bound(),
                batch.overloaded(),
                batch.drifts(),
                batch.arrivalRate(),
                batch.lag(),
                batch.syncSeconds(),
                batch.sampleSeconds(),
                r.commands().stream().map(ReportCodec::outcome).toList(),
                scores.macroPrecision(),
                scores.macroRecall(),
                scores.macroF1(),
                scores.calibrationError(),
                scores.brierScore(),
                scores.hammingLoss(),
                scores.rmse(),
                scores.mae(),
                scores.r2(),
                scores.classes().stream().map(ReportCodec::score).toList(),
                r.aliases().champion(),
                r.aliases().candidate(),
                r.aliases().pinned(),
                r.aliases().revision(),
                r.aliases().decisions().stream().map(ReportCodec::decision).toList(),
                r.aliases().changes().stream().map(ReportCodec::change).toList(),
                r.aliases().verdicts().stream().map(ReportCodec::decision).toList()));
    }

    /** @throws IllegalArgumentException if the bytes are no report */
    public StepReport decode(byte[] bytes) {
        TrainingReport r = framing.decode(bytes);
        return new StepReport(
                r.getModel(),
                r.getTime(),
                r.getVersion(),
                r.getIncarnation(),
                r.getSteps(),
                r.getTotalSamples(),
                r.getSamples(),
                r.getSeconds(),
                r.getLoss(),
                r.getWindowLoss(),
                r.getFadingLoss(),
                r.getAccuracy(),
                r.getAuc(),
                scores(r),
                r.getBatchSize(),
                batch(r),
                r.getLearningRate(),
                r.getGradientNorm(),
                r.getStaleGradients(),
                r.getRefusedSteps(),
                r.getMaxEventTime(),
                r.getCommands().stream().map(ReportCodec::outcome).toList(),
                aliases(r));
    }

    private static AliasReport aliases(TrainingReport r) {
        return new AliasReport(
                r.getChampionVersion(),
                r.getCandidateVersion(),
                r.getChampionPinned(),
                r.getAliasRevision(),
                r.getGateDecisions().stream().map(ReportCodec::decision).toList(),
                r.getAliasChanges().stream().map(ReportCodec::change).toList(),
                r.getChallengeVerdicts().stream().map(ReportCodec::decision).toList());
    }

    private static GateDecision decision(GateOutcome decision) {
        return new GateDecision(decision.version(), decision.outcome(), decision.reason(), decision.text());
    }

    private static GateOutcome decision(GateDecision decision) {
        return new GateOutcome(decision.getVersion(), decision.getOutcome(), decision.getReason(), decision.getText());
    }

    private static ChampionChange change(AliasChange change) {
        return new ChampionChange(
                change.revision(),
                change.time(),
                change.kind().word(),
                change.from(),
                change.to(),
                change.pinned(),
                change.who(),
                change.command(),
                change.reason());
    }

    /** @throws IllegalArgumentException for a kind of change that this release does not know */
    private static AliasChange change(ChampionChange change) {
        return new AliasChange(
                change.getRevision(),
                change.getTime(),
                AliasChange.Kind.ofWord(change.getChange()),
                change.getFrom(),
                change.getTo(),
                change.getPinned(),
                change.getWho(),
                change.getCommand(),
                change.getReason());
    }

    private static CommandOutcome outcome(Outcome outcome) {
        return new CommandOutcome(outcome.id(), outcome.accepted(), outcome.what(), outcome.reason());
    }

    private static Outcome outcome(CommandOutcome outcome) {
        return new Outcome(outcome.getId(), outcome.getAccepted(), outcome.getWhat(), outcome.getReason());
    }

    private static ClassScore score(ClassReport score) {
        return new ClassScore(
                score.label(), score.name(), score.precision(), score.recall(), score.f1(), score.support());
    }

    private static ClassReport score(ClassScore score) {
        return new ClassReport(
                score.getLabel(),
                score.getName(),
                score.getPrecision(),
                score.getRecall(),
                score.getF1(),
                score.getSupport());
    }

    private static ScoreReport scores(TrainingReport r) {
        return new ScoreReport(
                r.getMacroPrecision(),
                r.getMacroRecall(),
                r.getMacroF1(),
                r.getCalibrationError(),
                r.getBrierScore(),
                r.getHammingLoss(),
                r.getRmse(),
                r.getMae(),
                r.getR2(),
                r.getClasses().stream().map(ReportCodec::score).toList());
    }

    private static BatchReport batch(TrainingReport r) {
        return new BatchReport(
                r.getBatchSizeReason(),
                r.getStatisticalBatchSize(),
                r.getNoiseScale(),
                r.getCurvature(),
                r.getRegime(),
                r.getBatchSizeBound(),
                r.getOverloaded(),
                r.getDrifts(),
                r.getArrivalRate(),
                r.getLag(),
                r.getStepSyncSeconds(),
                r.getStepSampleSeconds());
    }
}
