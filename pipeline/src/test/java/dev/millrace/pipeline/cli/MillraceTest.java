package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MillraceTest {

    static Stream<CommandLine> verbs() {
        return Millrace.commandLine().getSubcommands().values().stream()
                .filter(verb -> !verb.getCommandSpec().usageMessage().hidden());
    }

    @Test
    void helpNamesEveryVerb() {
        Ran ran = Ran.millrace("--help");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).contains("Usage: millrace", "Examples:", "Exit codes:");
        verbs().forEach(verb -> assertThat(ran.out()).contains("  " + verb.getCommandName() + " "));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyVerbExplainsItselfWithAnExample(CommandLine verb) {
        Ran ran = Ran.millrace(verb.getCommandName(), "--help");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).contains("Usage: millrace " + verb.getCommandName(), "Examples:", "--verbose");
    }

    @Test
    void aMistypedVerbIsAnsweredWithTheLikelyOne() {
        Ran ran = Ran.millrace("valdiate");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("valdiate", "validate", "Try: millrace --help");
    }

    @Test
    void withoutAVerbTheHelpIsShown() {
        Ran ran = Ran.millrace();

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("Try: millrace --help");
    }

    @Test
    void shellsGetACompletionScript() {
        Ran ran = Ran.millrace("generate-completion");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).contains("complete -F _complete_millrace");
    }
}
