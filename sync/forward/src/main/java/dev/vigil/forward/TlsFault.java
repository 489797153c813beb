package dev.vigil.forward;

/** A key or certificate file that can't be used; names the file and what is wrong with it. */
public final class TlsFault extends Exception {
    private static final long serialVersionUID = 1L;

    TlsFault(String message, Throwable cause) {
        super(message, cause);
    }

    TlsFault(String message) {
        super(message);
    }
}
