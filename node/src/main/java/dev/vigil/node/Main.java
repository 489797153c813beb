package dev.vigil.node;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The command line. */
@QuarkusMain
public final class Main {
    Main() {}

    public static void main(String[] arguments) {
        Quarkus.run(arguments);
    }
}
