#!/usr/bin/perl
# Sets registers of a chip on the guest's SMBus, from the hardware's side. Runs only there.
#
#   chip.pl ADDRESS byte|word REGISTER VALUE...      numbers in hex; registers that follow one another get the values
#
# A register of a word is sent high byte first, as I2C chips do: i2c-stub keeps the first byte on the wire as the low one.
use strict;
use warnings;

my ($address, $size, $register, @values) = @ARGV;
die "usage: chip.pl ADDRESS byte|word REGISTER VALUE...\n" unless @values and $size =~ /^(byte|word)$/;
open(my $bus, '+<', '/dev/i2c-0') or die "/dev/i2c-0: $!\n";
my $slave = hex $address;
ioctl($bus, 0x0706, $slave) or die "choosing chip $address: $!\n";   # I2C_SLAVE_FORCE: the kernel may drive it
my $number = hex $register;
for my $value (@values) {
    my $data = $size eq 'word' ? pack('n', hex $value) : pack('C', hex $value);
    $data .= "\0" x 32;   # union i2c_smbus_data
    # struct i2c_smbus_ioctl_data: write, the register, I2C_SMBUS_BYTE_DATA or _WORD_DATA
    my $request = pack('C C x2 L P', 0, $number, $size eq 'word' ? 3 : 2, $data);
    ioctl($bus, 0x0720, $request) or die "chip $address, register $number: $!\n";   # I2C_SMBUS
    $number++;
}
