/** What Berth says at pull requests and commits of what it has made of them. */
@org.jspecify.annotations.NullMarked
package dev.berth.reconciler.feedback;
