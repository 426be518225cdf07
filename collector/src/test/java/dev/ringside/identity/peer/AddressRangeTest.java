package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    private static boolean contains(String range, String address) {
        AddressWords words = AddressWords.parse(address);
        return AddressRange.parse("range=" + range).contains(words.high(), words.low());
    }

    @Test
    void isAsLongAsItSays() {
        assertThat(contains("10.0.0.0/8", "10.255.255.255")).isTrue();
        assertThat(contains("10.0.0.0/8", "11.0.0.0")).isFalse();
        assertThat(contains("192.0.2.7/32", "192.0.2.7")).isTrue();
        assertThat(contains("192.0.2.7/32", "192.0.2.6")).isFalse();
        assertThat(contains("fe80::/10", "febf::1")).isTrue();
        assertThat(contains("fe80::/10", "fec0::1")).isFalse();
        assertThat(contains("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff")).isTrue();
        assertThat(contains("2001:db8::/64", "2001:db8:0:1::")).isFalse();
        assertThat(contains("2001:db8::1/128", "2001:db8::1")).isTrue();
        assertThat(contains("2001:db8::1/128", "2001:db8::2")).isFalse();
    }

    @Test
    void everythingOfOneFamilyIsNothingOfTheOther() {
        assertThat(contains("0.0.0.0/0", "8.8.8.8")).isTrue();
        assertThat(contains("0.0.0.0/0", "2001:db8::1")).isFalse();
        assertThat(contains("::/0", "2001:db8::1")).isTrue();
    }

    /** The same, by arithmetic on whole numbers. */
    @Property
    void isWhatDivisionSays(@ForAll long high, @ForAll long low, @ForAll long otherLow, @ForAll @IntRange(max = 128) int length) throws Exception {
        AddressWords first = new AddressWords(high, low);
        String text = InetAddress.getByAddress(bytes(first)).getHostAddress();
        if (text.indexOf(':') < 0) {
            return; // v4-mapped
        }
        AddressWords other = new AddressWords(high, otherLow);
        BigInteger size = BigInteger.TWO.pow(128 - length);
        boolean same = number(first).divide(size).equals(number(other).divide(size));

        assertThat(AddressRange.parse("x=" + text + "/" + length).contains(other.high(), other.low())).isEqualTo(same);
    }

    private static byte[] bytes(AddressWords words) {
        return java.nio.ByteBuffer.allocate(16).putLong(words.high()).putLong(words.low()).array();
    }

    private static BigInteger number(AddressWords words) {
        return new BigInteger(1, bytes(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "x=10.0.0.0", "x=10.0.0.0/33", "x=10.0/8", "x=256.0.0.0/8", "x=fe80::/129", "x=fe80:/10", "x=1:2:3:4:5:6:7:8:9/64",
            "x=1::2::3/64", "x y=10.0.0.0/8", "=10.0.0.0/8", "x=localhost/8"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a named range of addresses: range=" + text + "; write it as office=192.0.2.0/24");
    }
}
