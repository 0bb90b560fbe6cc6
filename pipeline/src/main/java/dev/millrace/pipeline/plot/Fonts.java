package dev.millrace.pipeline.plot;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;

/** The letters of a chart, in the machine's own sans-serif font. */
final class Fonts {
    static final Font HEADING = new Font(Font.SANS_SERIF, Font.BOLD, 18);
    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    private Fonts() {}

    /**
     * A Java without fontconfig or without any font fails at the first letter, in ways that do not say so.
     *
     * @throws IllegalStateException saying what to install
     */
    static void check() {
        try {
            new TextLayout("0", LABEL, new FontRenderContext(null, true, true)).getOutline(null);
        } catch (RuntimeException | Error e) { // without any font it is java.lang.Error itself
            throw new IllegalStateException(
                    "Charts need fontconfig and a font, such as DejaVu; Debian and Ubuntu have them as the packages"
                            + " fontconfig-config and fonts-dejavu-core. Java says: " + e,
                    e);
        }
    }
}
