package dev.millrace.model.gate;

/**
 * What a rule says of a challenger at a checkpoint.
 *
 * @param improvement over the model: of a loss relative, of accuracy and AUC a difference; NaN if they were not compared
 * @param inARow checkpoints up to this one at which it was better by enough
 * @param text values and limits in a few words
 */
public record Verdict(ChallengeReason reason, double improvement, int inARow, String text) {

    public boolean promotes() {
        return reason == ChallengeReason.PROMOTED;
    }
}
