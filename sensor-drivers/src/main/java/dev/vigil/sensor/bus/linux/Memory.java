package dev.vigil.sensor.bus.linux;

import java.nio.ByteBuffer;

/**
 * Memory the kernel can be pointed to, from {@link SystemCalls#allocate} until {@link
 * SystemCalls#free}. Owned by one thread.
 *
 * @param address of its first byte
 * @param bytes the same memory, in the machine's byte order
 */
public record Memory(long address, ByteBuffer bytes) {}
