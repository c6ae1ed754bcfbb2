/**
 * The config format seen as data: what each record of the format looks like in YAML, read once from
 * its components and annotations. The parser and the published JSON Schemas both work from these
 * shapes, so they can't drift apart.
 */
@NullMarked
package dev.berth.schemas.config.shape;

import org.jspecify.annotations.NullMarked;
