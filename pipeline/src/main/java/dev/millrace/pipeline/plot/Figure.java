package dev.millrace.pipeline.plot;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** One chart, or several below each other that share the x axis, in one file. */
public final class Figure {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 450;
    private static final int PANEL_HEIGHT = 230;
    private static final int HEADING_HEIGHT = 44;
    private static final double SHARPNESS = 2; // pixels of an image for each unit of length

    private final String heading;
    private final List<LineChart> charts;
    private final int panelHeight;

    private Figure(String heading, List<LineChart> charts, int panelHeight) {
        this.heading = heading;
        this.charts = charts;
        this.panelHeight = panelHeight;
    }

    /** A single chart. */
    public static Figure of(LineChart chart) {
        return new Figure("", List.of(chart), HEIGHT);
    }

    /**
     * Charts below each other, over the same range of x.
     *
     * @param heading above them all
     * @throws IllegalArgumentException if there is none, or some have a logarithmic x axis and others not
     */
    public static Figure stacked(String heading, List<LineChart> charts) {
        if (charts.isEmpty()) throw new IllegalArgumentException("a figure needs a chart. Received: none");
        boolean logarithmic = charts.get(0).hasLogarithmicX();
        for (LineChart chart : charts) {
            if (chart.hasLogarithmicX() != logarithmic) {
                throw new IllegalArgumentException(
                        "charts that share the x axis must all have it logarithmic, or none. Another than the first: "
                                + chart.title());
            }
        }
        return new Figure(heading, List.copyOf(charts), PANEL_HEIGHT);
    }

    /**
     * Writes a vector graphic, replacing the file. Letters are shapes, so that it looks the same everywhere; titles and
     * the names of the series are also in its description, for a search and for who cannot see it.
     *
     * @throws IllegalArgumentException if there is no point to draw
     * @throws IllegalStateException if this machine has no fonts
     */
    public void writeSvg(Path file) throws IOException {
        Fonts.check();
        VectorGraphics2D graphics = new VectorGraphics2D();
        paint(graphics);
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        new SVGProcessor()
                .getDocument(graphics.getCommands(), new PageSize(WIDTH, height()))
                .writeTo(svg);
        Files.write(file, SvgDescription.add(svg.toByteArray(), heading, charts));
    }

    /**
     * Writes an image, two pixels for each unit of length, replacing the file.
     *
     * @throws IllegalArgumentException if there is no point to draw
     * @throws IllegalStateException if this machine has no fonts
     */
    public void writePng(Path file) throws IOException {
        Fonts.check();
        BufferedImage image =
                new BufferedImage((int) (WIDTH * SHARPNESS), (int) (height() * SHARPNESS), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SHARPNESS, SHARPNESS);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        paint(graphics);
        graphics.dispose();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        Files.write(file, png.toByteArray());
    }

    private int height() {
        return charts.size() * panelHeight + headingHeight();
    }

    private int headingHeight() {
        return heading.isEmpty() ? 0 : HEADING_HEIGHT;
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, height());
        if (!heading.isEmpty()) paintHeading(graphics);
        Range x = Range.ofX(charts);
        graphics.translate(0, headingHeight());
        for (LineChart chart : charts) {
            boolean lowest = chart == charts.get(charts.size() - 1);
            ChartStyle.draw(chart, x, lowest, WIDTH, panelHeight).paint(graphics, WIDTH, panelHeight);
            graphics.translate(0, panelHeight);
        }
    }

    private void paintHeading(Graphics2D graphics) {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(ChartStyle.INK);
        TextLayout text = new TextLayout(heading, Fonts.HEADING, graphics.getFontRenderContext());
        double left = (WIDTH - text.getAdvance()) / 2;
        graphics.fill(text.getOutline(AffineTransform.getTranslateInstance(left, HEADING_HEIGHT * 0.7)));
    }
}
