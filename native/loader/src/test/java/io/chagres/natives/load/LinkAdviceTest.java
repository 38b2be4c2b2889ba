package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkAdviceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "libstdc++.so.6: cannot open shared object file: No such file or directory | install the C++ runtime",
            "/lib/libc.so.6: version `GLIBC_2.38' not found (required by x.so) | use a newer system",
            "/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found | use a newer system",
            "x.so: failed to map segment from shared object | noexec",
            "Native Library x.so already loaded in another classloader | one class loader",
            "libgfortran.so.5: cannot open shared object file: No such file | install the library that is missing",
            "x.so: invalid ELF header | damaged",
            "x.dll: Can't find dependent libraries | Visual C++", "something new | Doctor"})
    void saysWhatToDo(String linker, String advice) {
        var prefix = "loading x.so failed: " + linker.replace("x.so: ", "") + "; ";
        var message = LinkAdvice.explain(Path.of("x.so"), linker);
        assertTrue(message.startsWith(prefix), message);
        assertTrue(message.substring(prefix.length()).contains(advice), message);
    }
}
