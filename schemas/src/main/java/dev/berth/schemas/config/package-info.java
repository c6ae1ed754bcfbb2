/**
 * The config repo's documents, field by field. These records are the single description of the
 * format: the parser binds to them, the published JSON Schemas are generated from them, and their
 * annotations are the documentation that editors show.
 */
@NullMarked
package dev.berth.schemas.config;

import org.jspecify.annotations.NullMarked;
