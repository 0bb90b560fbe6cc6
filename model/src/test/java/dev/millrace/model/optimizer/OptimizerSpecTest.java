package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizerSpecTest {

    @Test
    void anEmptySectionIsPlainStochasticGradientDescent() {
        OptimizerSpec spec = OptimizerSpec.of(Map.of());

        assertThat(spec).isEqualTo(new OptimizerSpec(new Sgd(), Clip.NONE, 0));
    }

    @Test
    void defaultsAreThoseOfKeras() {
        assertThat(OptimizerSpec.of(Map.of("name", "momentum")).optimizer()).isEqualTo(new Momentum(0.9, false));
        assertThat(OptimizerSpec.of(Map.of("name", "nesterov")).optimizer()).isEqualTo(new Momentum(0.9, true));
        assertThat(OptimizerSpec.of(Map.of("name", "adam")).optimizer()).isEqualTo(new Adam(0.9, 0.999, 1e-7, 0));
        assertThat(OptimizerSpec.of(Map.of("name", "adamw")).optimizer()).isEqualTo(new Adam(0.9, 0.999, 1e-7, 0.004));
        assertThat(OptimizerSpec.of(Map.of("name", "adagrad")).optimizer()).isEqualTo(new Adagrad(0.1, 1e-7));
        assertThat(OptimizerSpec.of(Map.of("name", "rmsprop")).optimizer()).isEqualTo(new RmsProp(0.9, 1e-7));
    }

    @Test
    void ftrlBeginsAsInThePaper() {
        assertThat(OptimizerSpec.of(Map.of("name", "ftrl", "l1", 0.5)).optimizer())
                .isEqualTo(new Ftrl(0.1, 1, 0.5, 0));
    }

    @Test
    void weightDecayIsDecoupledForAdamwAndAGradientForTheOthers() {
        OptimizerSpec adamw = OptimizerSpec.of(Map.of("name", "adamw", "weight_decay", 0.1));
        OptimizerSpec adam = OptimizerSpec.of(Map.of("name", "adam", "weight_decay", 0.1));

        assertThat(adamw).isEqualTo(new OptimizerSpec(new Adam(0.9, 0.999, 1e-7, 0.1), Clip.NONE, 0));
        assertThat(adam).isEqualTo(new OptimizerSpec(new Adam(0.9, 0.999, 1e-7, 0), Clip.NONE, 0.1));
    }

    @Test
    void everyMistakeIsNamedAtOnce() {
        Map<String, Object> section = Map.of("name", "adam", "beta_1", 1, "epsilon", "tiny", "clipnorm", 5);

        assertThatThrownBy(() -> OptimizerSpec.of(section))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("3 errors in optimizer")
                .hasMessageContaining("optimizer.beta_1 must be a number in 0.0..0.9999999. Received: 1")
                .hasMessageContaining("optimizer.epsilon must be a number in 1.0E-30..1.0. Received: tiny")
                .hasMessageContaining("optimizer.clipnorm: unknown key; did you mean clip_norm?");
    }

    @Test
    void aMisspelledNameIsTheOnlyMistake() {
        Map<String, Object> section = Map.of("name", "adamm", "beta_1", 0.9);

        assertThatThrownBy(() -> OptimizerSpec.of(section))
                .hasMessageStartingWith("1 error in optimizer")
                .hasMessageContaining("Received: adamm; did you mean adam?");
    }

    @Test
    void aKeyOfAnotherOptimizerIsAMistake() {
        Map<String, Object> section = Map.of("name", "sgd", "momentum", 0.9);

        assertThatThrownBy(() -> OptimizerSpec.of(section)).hasMessageContaining("optimizer.momentum: unknown key");
    }

    @Test
    void recordsSayNameConstraintAndWhatTheyReceived() {
        assertThatThrownBy(() -> new Momentum(1, false))
                .hasMessage("optimizer.momentum must be in [0, 1). Received: 1.0");
        assertThatThrownBy(() -> new Adam(0.9, Double.NaN, 1e-7, 0))
                .hasMessage("optimizer.beta_2 must be in [0, 1). Received: NaN");
        assertThatThrownBy(() -> new Adam(0.9, 0.9, 0, 0)).hasMessage("optimizer.epsilon must be > 0. Received: 0.0");
        assertThatThrownBy(() -> new Adagrad(-1, 1e-7))
                .hasMessage("optimizer.initial_accumulator_value must be >= 0. Received: -1.0");
        assertThatThrownBy(() -> new RmsProp(1, 1e-7)).hasMessage("optimizer.rho must be in [0, 1). Received: 1.0");
        assertThatThrownBy(() -> new Ftrl(0, 0, 0, 0))
                .hasMessage("optimizer.beta must be > 0 where initial_accumulator_value is 0. Received: 0.0");
        assertThatThrownBy(() -> new Clip(0, 1)).hasMessage("optimizer.clip_norm must be > 0. Received: 0.0");
        assertThatThrownBy(() -> new UpdateRule(new Sgd(), Clip.NONE, -1))
                .hasMessage("optimizer.l2 must be >= 0. Received: -1.0");
    }
}
