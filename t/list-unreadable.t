# A list that cannot be read, while nginx runs and at a reload: the last good
# version stays in force, with a line that says why.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use File::Temp ();

use AuthCert;

# root may read everything, its workers do not have to
$Test::Nginx::Util::WorkerUser = 'nobody nogroup' if !$>;

our $folder = File::Temp->newdir('auth_cert_list.XXXXXX', TMPDIR => 1);
our $list = "$folder/names.list";

chmod 0755, $folder;

master_on();

http_config_for_all(<<"EOC");
    auth_cert_reload 100ms;
    auth_cert_trust partners { ca \$TEST_NGINX_PKI/partners.crt; }
    auth_cert_policy listed { allow subject.CN=\@$list; }
    auth_cert_policy others { deny subject.CN=\@$list; allow verified; }
EOC

# before each block nginx reads it
add_block_preprocessor(sub { new_list("alice\n", 0644) });

# at once: nobody may see the text before the mode
sub new_list {
    my ($text, $mode) = @_;

    write_file("$list.next", $text);
    chmod $mode, "$list.next" or die "chmod: $!\n";
    rename "$list.next", $list or die "rename: $!\n";
}

run_tests();

__DATA__

=== TEST 1: one that a worker may not read any more
--- protocols: 1.1
--- config
    location /in { auth_cert_verify partners; auth_cert listed; echo in; }
    location /out { auth_cert_verify partners; auth_cert others; echo out; }
--- client_cert: alice bob alice bob bob alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 1) {
        new_list("bob\n", 0);
        wait_log('cannot read list .* failed \(13: Permission denied\); '
                 . 'the last good version of ".*" stays in force');
    } elsif ($n == 5) {
        chmod 0644, $main::list;
        wait_log('changed list .* is in force');
    }
}
--- request eval
["GET /in", "GET /in", "GET /out", "GET /out", "GET /in", "GET /in"]
--- error_code eval
[200, 403, 403, 200, 200, 403]


=== TEST 2: one that is gone, that is a folder, or that has a NUL byte
--- protocols: 1.1
--- config
    location /in { auth_cert_verify partners; auth_cert listed; echo in; }
    location /out { auth_cert_verify partners; auth_cert others; echo out; }
--- client_cert: alice bob alice
--- before_request eval
sub {
    my ($n) = @_;
    if ($n == 1) {
        unlink $main::list or die "unlink: $!\n";
        wait_log('cannot read list .*2: No such file.* stays in force');
    } elsif ($n == 2) {
        mkdir $main::list or die "mkdir: $!\n";
        wait_log('list ".*" is not a regular file; .* stays in force');
    } else {
        rmdir $main::list or die "rmdir: $!\n";
        new_list("bob\n\0", 0644);
        wait_log('list ".*" holds a NUL byte, .* stays in force');
    }
}
--- request eval
["GET /in", "GET /in", "GET /out"]
--- error_code eval
[200, 403, 403]


=== TEST 3: a reload of nginx without it is refused, the workers go on
--- protocols: 1.1
--- config
    location /in { auth_cert_verify partners; auth_cert listed; echo in; }
    location /out { auth_cert_verify partners; auth_cert others; echo out; }
--- client_cert: alice bob alice
--- before_request eval
sub {
    return if $_[0] != 1;
    unlink $main::list or die "unlink: $!\n";
    kill HUP => Test::Nginx::Util::get_pid_from_pidfile('reload');
    wait_log('\[emerg\] .* cannot read list .*2: No such file');
}
--- request eval
["GET /in", "GET /in", "GET /out"]
--- error_code eval
[200, 403, 403]
