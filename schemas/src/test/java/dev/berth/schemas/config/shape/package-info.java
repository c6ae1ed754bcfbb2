/** Tests of the published format. */
@NullMarked
package dev.berth.schemas.config.shape;

import org.jspecify.annotations.NullMarked;
