package dev.vigil.policy;

/** The verdict of the policy with this id. */
public record Judgement(String policy, Verdict verdict) {}
