package dev.vigil.sensor.bus.linux;

/**
 * The system calls that buses, and the word to systemd, are made of. Any thread; a call blocks as
 * long as the kernel does.
 *
 * <p>Results are the kernel's own: 0 or more, or the negative error number ({@link Errno}).
 */
public interface SystemCalls {
    /** Zeroed memory. */
    Memory allocate(int bytes);

    /** Gives it back; it must not be used any more. */
    void free(Memory memory);

    /** open(2). */
    int open(String path, int flags);

    /** close(2). */
    int close(int file);

    /**
     * ioctl(2).
     *
     * @param argument a value or a {@link Memory#address}, as the request wants it
     */
    int ioctl(int file, long request, long argument);

    /** read(2) into memory at {@code address}. */
    int read(int file, long address, int length);

    /** write(2) of memory at {@code address}. */
    int write(int file, long address, int length);

    /** socket(2). */
    int socket(int domain, int type, int protocol);

    /** connect(2) to the sockaddr at {@code address}. */
    int connect(int file, long address, int length);

    /** poll(2) of {@code count} pollfd structs at {@code address}. */
    int poll(long address, int count, int timeoutMillis);
}
