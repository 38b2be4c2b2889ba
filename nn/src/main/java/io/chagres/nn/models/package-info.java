/**
 * Well-known networks for images, one a file, made of {@code nn.layer} alone. Names and shapes of parameters and buffers are
 * torchvision's where it has the network, so that weights saved from there load by name, and so are the first weights:
 *
 * <pre>{@code
 * try (var file = SafetensorsFile.open(path); var net = ResNet.resnet18()) {
 *     net.loadStateDict(file.tensors());
 *     net.eval();
 *     ...
 * }
 * }</pre>
 */
package io.chagres.nn.models;
