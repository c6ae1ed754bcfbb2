/** The question that each family of languages answers, and what an answer may say. Pure. */
@NullMarked
package dev.berth.reconciler.build.recognise;

import org.jspecify.annotations.NullMarked;
