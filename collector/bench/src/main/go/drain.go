// The drain benchmark's Go contender: cilium/ebpf's reader, with the record used again as its documentation advises.
//
//	drain OBJECT PROGRAM RECORD_BYTES RING_BYTES ROUNDS   prints "go NS", nanoseconds of CPU time a record, a line a round
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"
)

const header = 8

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: drain OBJECT PROGRAM RECORD_BYTES RING_BYTES ROUNDS")
		os.Exit(2)
	}
	bytes, _ := strconv.Atoi(os.Args[3])
	ring, _ := strconv.Atoi(os.Args[4])
	rounds, _ := strconv.Atoi(os.Args[5])
	if err := run(os.Args[1], os.Args[2], bytes, ring, rounds); err != nil {
		fmt.Fprintln(os.Stderr, "drain:", err)
		os.Exit(1)
	}
}

// Of this thread alone, so that what else runs on the machine is not in the figure.
func cpuNanos() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return t.Nano()
}

func run(object, program string, bytes, ring, rounds int) error {
	runtime.LockOSThread() // the filling program knows us by our thread
	spec, err := ebpf.LoadCollectionSpec(object)
	if err != nil {
		return err
	}
	spec.Maps["events"].MaxEntries = uint32(ring)
	for name := range spec.Programs {
		if name != program {
			delete(spec.Programs, name)
		}
	}
	if err := spec.Variables["target_thread"].Set(uint32(syscall.Gettid())); err != nil {
		return err
	}
	collection, err := ebpf.NewCollection(spec)
	if err != nil {
		return err
	}
	defer collection.Close()
	attached, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: "sys_enter", Program: collection.Programs[program]})
	if err != nil {
		return err
	}
	defer attached.Close()
	reader, err := ringbuf.NewReader(collection.Maps["events"])
	if err != nil {
		return err
	}
	defer reader.Close()

	var record ringbuf.Record
	var sum uint64
	for round := 0; round < rounds; round++ {
		for i := 0; i < ring/(bytes+header)*9/10; i++ {
			syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
		}
		records := 0
		start := cpuNanos()
		for {
			if err := reader.ReadInto(&record); err != nil {
				return err
			}
			sum += binary.NativeEndian.Uint64(record.RawSample)
			records++
			if record.Remaining == 0 {
				break
			}
		}
		fmt.Printf("go %.2f\n", float64(cpuNanos()-start)/float64(records))
	}
	fmt.Fprintln(os.Stderr, "checksum", sum)
	return nil
}
