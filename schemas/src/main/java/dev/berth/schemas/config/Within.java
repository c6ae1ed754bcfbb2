package dev.berth.schemas.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The least and the greatest duration or size allowed, both included, as YAML would write them.
 * JSON Schema can't say this, so editors show it in the description only.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Within {
    String min();

    String max();
}
