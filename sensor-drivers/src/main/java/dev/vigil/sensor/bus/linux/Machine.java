package dev.vigil.sensor.bus.linux;

/**
 * This machine's system calls. Which way they go is decided when this class is initialized: for a
 * native executable that is while it is built (META-INF/native-image), so that the other way isn't
 * even in it (decision 0120).
 */
public final class Machine {
    /** Set by the image builder, also while it runs static initializers. */
    private static final String IMAGE_PROPERTY = "org.graalvm.nativeimage.imagecode";

    private static final SystemCalls CALLS =
            System.getProperty(IMAGE_PROPERTY) == null ? new ForeignCalls() : new ImageCalls();

    private Machine() {}

    public static SystemCalls calls() {
        return CALLS;
    }
}
