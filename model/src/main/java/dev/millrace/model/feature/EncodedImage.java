package dev.millrace.model.feature;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG and JPEG files of one size. The size is read before the pixels: a small file can claim an image of gigabytes. */
record EncodedImage(String field, int height, int columns, int channels) {

    /** @throws UnmappableException if it is no such file, or of another size */
    void read(ByteBuffer file, float scale, float[] into, int at) {
        byte[] bytes = new byte[file.remaining()];
        file.get(bytes);
        ImageReader reader = ImageIO.getImageReadersByFormatName(format(bytes)).next();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            if (reader.getHeight(0) != height || reader.getWidth(0) != columns) {
                throw UnmappableException.feature(field + " must be an image of " + height + " x " + columns
                        + " pixels. Received: " + reader.getHeight(0) + " x " + reader.getWidth(0));
            }
            write(reader.read(0), scale, into, at);
        } catch (UnmappableException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers differ in what they throw at damaged files
            throw UnmappableException.feature(
                    field + " must be a PNG or JPEG file. Received: a damaged one, " + Values.shown(e));
        } finally {
            reader.dispose();
        }
    }

    private String format(byte[] bytes) {
        if (bytes.length > 3 && bytes[0] == (byte) 0x89 && bytes[1] == 'P') return "png";
        if (bytes.length > 3 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8) return "jpeg";
        throw UnmappableException.feature(
                field + " must be a PNG or JPEG file. Received: " + bytes.length + " bytes that begin as neither");
    }

    private void write(BufferedImage image, float scale, float[] into, int at) {
        Raster raster = image.getRaster();
        boolean gray = raster.getNumBands() == 1 && image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        int to = at;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < columns; column++) {
                // The samples of a gray image are its bytes; getRGB would bend them by a gamma curve.
                int sample = gray ? raster.getSample(column, row, 0) : 0;
                int rgb = gray ? (sample << 16) | (sample << 8) | sample : image.getRGB(column, row);
                int red = (rgb >> 16) & 0xff;
                int green = (rgb >> 8) & 0xff;
                int blue = rgb & 0xff;
                if (channels == 1) {
                    into[to++] = (gray ? sample : 0.299f * red + 0.587f * green + 0.114f * blue) * scale;
                } else {
                    into[to++] = red * scale;
                    into[to++] = green * scale;
                    into[to++] = blue * scale;
                }
            }
        }
    }
}
