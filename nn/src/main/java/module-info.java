/** Networks on top of tensors: layers, losses, optimizers, data, training, file formats. */
module io.chagres.nn {
    requires transitive io.chagres.runtime;
    requires com.fasterxml.jackson.core;

    exports io.chagres.nn;
    exports io.chagres.nn.data;
    exports io.chagres.nn.format;
    exports io.chagres.nn.layer;
    exports io.chagres.nn.loss;
    exports io.chagres.nn.models;
    exports io.chagres.nn.optim;
    exports io.chagres.nn.train;
}
