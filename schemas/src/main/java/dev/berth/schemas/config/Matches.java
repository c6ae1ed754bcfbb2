package dev.berth.schemas.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The form a text must have, or each key of a map or each item of a list. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Matches {
    /**
     * A regular expression in the dialect that Java and ECMA-262 share; the whole text must match.
     */
    String pattern();

    /** What the form is, to follow "expected ": "a lower-case name of at most 40 characters". */
    String says();

    /** True when a wrong text may hold a password: messages quote it without what may be one. */
    boolean mayHoldLogin() default false;
}
