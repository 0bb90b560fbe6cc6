package dev.millrace.pipeline.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class FigureTest {
    private static final double[] SIZES = {1, 4, 16, 64, 256, 1024, 4096};
    private static final double[] LOSSES = {0.61, 0.44, 0.41, 0.42, 0.47, 0.58, 0.66};
    private static final double[] RATES = {8_000, 31_000, 90_000, 210_000, 320_000, 350_000, 352_000};

    @TempDir
    Path directory;

    @Test
    void aChartIsWrittenAsSvgThatNamesItsSeries() throws Exception {
        Path file = directory.resolve("chart.svg");

        loss().series("other <loss> & more", SIZES, RATES).writeSvg(file);

        Document svg =
                DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(Files.newInputStream(file));
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Loss");
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
                .contains("after equal samples", "other <loss> & more", "loss (nats) over batch size (samples)");
    }

    @Test
    void chartsAreStackedInAnImage() throws Exception {
        Path file = directory.resolve("stacked.png");

        stacked().writePng(file);

        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1800);
        assertThat(image.getHeight()).isGreaterThan(2 * 400);
        assertThat(colors(image)).contains(0x0072B2, 0x999999); // a line and a mark
    }

    @Test
    void whatCannotBeDrawnLeavesAGap() throws Exception {
        double[] holes = {Double.NaN, 0.44, Double.POSITIVE_INFINITY, 0.42, -1, 0, 0.66};
        LineChart chart = new LineChart("Loss", "x", "y")
                .logarithmicY()
                .points("holes", SIZES, holes)
                .series("nothing", SIZES, new double[SIZES.length])
                .mark("nowhere", Double.NaN);

        chart.writePng(directory.resolve("holes.png"));
        chart.writeSvg(directory.resolve("holes.svg"));

        assertThat(directory.resolve("holes.svg")).isNotEmptyFile();
    }

    @Test
    void aSingleValueHasRoomAroundIt() throws Exception {
        new LineChart("One", "x", "y")
                .points("value", new double[] {3}, new double[] {5})
                .writePng(directory.resolve("one.png"));

        assertThat(directory.resolve("one.png")).isNotEmptyFile();
    }

    @Test
    void aChartWithoutAPointIsRefusedByName() {
        LineChart empty = new LineChart("Noise scale", "x", "y").series("phi", SIZES, new double[7]);

        assertThatThrownBy(() -> empty.logarithmicY().writePng(directory.resolve("empty.png")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Noise scale");
    }

    @Test
    void seriesOfDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> new LineChart("Loss", "x", "y").series("a", new double[3], new double[2]))
                .hasMessage("a must have as many x as y. Received: 3 and 2");
    }

    private static Figure stacked() {
        return Figure.stacked("What the batch size does", List.of(loss(), throughput()));
    }

    private static LineChart loss() {
        return new LineChart("Loss", "batch size (samples)", "loss (nats)")
                .logarithmicX()
                .points("after equal samples", SIZES, LOSSES)
                .mark("recommended", 32);
    }

    private static LineChart throughput() {
        return new LineChart("Throughput", "batch size (samples)", "samples/s")
                .logarithmicX()
                .logarithmicY()
                .points("samples/s", SIZES, RATES)
                .mark("recommended", 32);
    }

    private static List<Integer> colors(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Arrays.stream(pixels)
                .map(pixel -> pixel & 0xFFFFFF)
                .distinct()
                .boxed()
                .toList();
    }
}
