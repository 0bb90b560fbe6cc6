package dev.millrace.pipeline.plot;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Puts the {@code title} and {@code desc} elements of SVG into a drawing, and takes the document type out: SVG 2 has
 * none, and a reader would ask the network for it.
 */
final class SvgDescription {
    private SvgDescription() {}

    static byte[] add(byte[] svg, String heading, List<LineChart> charts) {
        String drawing = new String(svg, StandardCharsets.UTF_8).replaceFirst("<!DOCTYPE[^>]*>\\s*", "");
        int root = drawing.indexOf('>', drawing.indexOf("<svg")) + 1;
        String title = heading.isEmpty() ? charts.get(0).title() : heading;
        String described = drawing.substring(0, root) + "<title>" + escape(title) + "</title><desc>"
                + escape(text(charts)) + "</desc>" + drawing.substring(root);
        return described.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(List<LineChart> charts) {
        StringBuilder text = new StringBuilder();
        for (LineChart chart : charts) {
            text.append(chart.title()).append(": ").append(chart.yLabel());
            text.append(" over ").append(chart.xLabel()).append(". ");
            chart.series().forEach(series -> text.append(series.name()).append("; "));
            chart.marks().stream()
                    .map(LineChart.Mark::name)
                    .distinct()
                    .forEach(name -> text.append(name).append("; "));
        }
        return text.toString().strip();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
