/**
 * Who may ask what, and how often: one rule, one class, made from the policy of one route and asked
 * before anything of a request goes on.
 */
@NullMarked
package dev.berth.proxy.guard;

import org.jspecify.annotations.NullMarked;
