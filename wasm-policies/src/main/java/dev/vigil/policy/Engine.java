package dev.vigil.policy;

/** How a policy's code is executed. All give the same answers, bit for bit. */
public enum Engine {
    /** Works everywhere, slowest: a few microseconds a reading. */
    INTERPRETER,
    /** Compiled to JVM bytecode when loaded; not available in a native executable. */
    RUNTIME_COMPILED,
    /** Compiled to JVM bytecode when Vigil was built: only the bundled policies. */
    BUILD_TIME_COMPILED,
    /** Translated to register code when loaded: what a native executable runs other policies on. */
    REGISTER
}
