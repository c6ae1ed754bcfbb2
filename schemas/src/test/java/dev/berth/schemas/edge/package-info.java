@NullMarked
package dev.berth.schemas.edge;

import org.jspecify.annotations.NullMarked;
