package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.global.torch;

/** Says what libtorch was built with. */
final class LibtorchContender {
    private LibtorchContender() {
    }

    /** Prints the settings. */
    public static void main(String[] args) {
        System.out.println(torch.show_config().getString());
        System.out.println(torch.get_parallel_info().getString());
    }
}
