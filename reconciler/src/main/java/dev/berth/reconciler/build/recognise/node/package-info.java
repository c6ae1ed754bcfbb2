/** JavaScript and TypeScript: package managers, workspaces, frameworks, Bun and Deno. Pure. */
@NullMarked
package dev.berth.reconciler.build.recognise.node;

import org.jspecify.annotations.NullMarked;
