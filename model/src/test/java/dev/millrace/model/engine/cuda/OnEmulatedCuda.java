package dev.millrace.model.engine.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that run in a JVM of their own, into which {@link EmulatedCuda} is loaded; skipped where it cannot be built. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("emulated-cuda")
@ExtendWith(OnEmulatedCuda.Loading.class)
@interface OnEmulatedCuda {

    /** Skips or loads. */
    final class Loading implements ExecutionCondition, BeforeAllCallback {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String missing = EmulatedCuda.missing();
            return missing == null
                    ? ConditionEvaluationResult.enabled("g++ is there")
                    : ConditionEvaluationResult.disabled(missing);
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            EmulatedCuda.load();
        }
    }
}
