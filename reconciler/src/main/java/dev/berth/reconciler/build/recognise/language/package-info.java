/** One class for one family of languages other than JavaScript. Pure. */
@NullMarked
package dev.berth.reconciler.build.recognise.language;

import org.jspecify.annotations.NullMarked;
