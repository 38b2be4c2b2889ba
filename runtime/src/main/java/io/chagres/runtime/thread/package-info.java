/**
 * How many threads Chagres may compute on, for users. The rules and the machinery are in {@code runtime.team}, which is not
 * exported.
 */
package io.chagres.runtime.thread;
