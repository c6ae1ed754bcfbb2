/** Where forges deliver: the one address of control that takes what people's servers send. */
@NullMarked
package dev.berth.liberty.webhook;

import org.jspecify.annotations.NullMarked;
