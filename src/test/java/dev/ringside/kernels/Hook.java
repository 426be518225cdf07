package dev.ringside.kernels;

/** A way to attach at a probe's point: {@code tcp}, {@code accept}, {@code fexit}, {@code inet_csk_accept}. */
record Hook(String probe, String point, String mechanism, String target) {}
