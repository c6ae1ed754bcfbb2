/** What builds wrote, kept on disk and told live. */
@NullMarked
package dev.berth.reconciler.build.log;

import org.jspecify.annotations.NullMarked;
