/** What people and tools are shown: conditions, resource status, passes and events. */
@NullMarked
package dev.berth.schemas.status;

import org.jspecify.annotations.NullMarked;
