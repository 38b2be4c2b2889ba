package io.chagres.runtime.op;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which operations a test method is about, for {@link EveryOpHasATest}; operations without gradients use it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Covers {
    /** Signatures such as {@code "Compare.eq(Tensor, Tensor)"}. */
    String[] value();
}
