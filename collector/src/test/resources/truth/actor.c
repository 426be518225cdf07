/*
 * A process that does as it is told: the truth about processes is known by construction. `actor DEED ARGUMENTS...`; what
 * it is called is up to whoever copies it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(99);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Tells where it has got to, and waits for the word to go on; the end of the input is a word too. */
static void report(const char *where)
{
	char word;

	printf("%s\n", where);
	fflush(stdout);
	if (read(0, &word, 1) < 0)
		fail("read");
}

static void busy_for(long ms)
{
	for (long end = now_ms() + ms; now_ms() < end; )
		;
}

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

/* exit CODE */
static void deed_exit(char **args)
{
	exit(atoi(args[0]));
}

/* kill SIGNAL: itself */
static void deed_kill(char **args)
{
	raise(atoi(args[0]));
}

/* live MILLIS */
static void deed_live(char **args)
{
	usleep(atoi(args[0]) * 1000);
}

/* forks N: children that end at once, without an exec */
static void deed_forks(char **args)
{
	for (int left = atoi(args[0]); left > 0; left--) {
		pid_t child = vfork();

		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			fail("vfork");
	}
}

/* execs N PROGRAM: children that run it, one after the other */
static void deed_execs(char **args)
{
	char *arguments[] = { args[1], NULL };

	for (int left = atoi(args[0]); left > 0; left--) {
		pid_t child = vfork();

		if (child == 0) {
			execv(args[1], arguments);
			_exit(127);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			fail("vfork");
	}
}

static void *sleeps(void *unused)
{
	pause();
	return unused;
}

/* group-exit THREADS CODE: of threads that sleep, all at once */
static void deed_group_exit(char **args)
{
	pthread_t thread;

	for (int left = atoi(args[0]); left > 0; left--)
		if (pthread_create(&thread, NULL, sleeps, NULL))
			fail("pthread_create");
	exit(atoi(args[1]));
}

static pid_t leader;

static void *exits_last(void *code)
{
	char path[64], state = 0;

	/* A leader that has gone before its threads is a zombie. */
	while (state != 'Z') {
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", leader);
		stat = fopen(path, "r");
		if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			fail(path);
		fclose(stat);
	}
	syscall(SYS_exit, (long)code);
	return NULL;
}

/* leader-first LEADER_CODE THREAD_CODE: each thread by itself, so that nobody speaks for the group */
static void deed_leader_first(char **args)
{
	pthread_t thread;

	leader = getpid();
	if (pthread_create(&thread, NULL, exits_last, (void *)atol(args[1])))
		fail("pthread_create");
	syscall(SYS_exit, atol(args[0]));
}

static void *executes(void *args)
{
	char **arguments = args;

	execv(arguments[0], arguments);
	fail(arguments[0]);
	return NULL;
}

/* exec-in-thread PROGRAM ARGUMENTS...: not by the leader */
static void deed_exec_in_thread(char **args)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, executes, args))
		fail("pthread_create");
	pause();
}

static int threads_left;

static void *ends_together(void *unused)
{
	__atomic_add_fetch(&threads_left, -1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&threads_left, __ATOMIC_SEQ_CST) > 0)
		;
	syscall(SYS_exit, 0);
	return unused;
}

/* race N: processes whose two threads end at the same moment, on different CPUs if there are any */
static void deed_race(char **args)
{
	for (int left = atoi(args[0]); left > 0; left--) {
		pid_t child = fork();

		if (child == 0) {
			pthread_t thread;

			threads_left = 2;
			if (pthread_create(&thread, NULL, ends_together, NULL))
				_exit(98);
			ends_together(NULL);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			fail("fork");
	}
}

/* eat MEBIBYTES: of memory, all touched */
static void deed_eat(char **args)
{
	size_t bytes = (size_t)atoi(args[0]) << 20;
	volatile char *memory = malloc(bytes);

	if (!memory)
		fail("malloc");
	for (size_t at = 0; at < bytes; at += 4096)
		memory[at] = 1;
}

/*
 * Busy threads live before they begin and after they are done: the kernel's book-keeping of a thread ends with the thread.
 */
static pthread_barrier_t begin, end;

static void *busy(void *ms)
{
	pthread_barrier_wait(&begin);
	busy_for((long)ms);
	pthread_barrier_wait(&end);
	return sleeps(ms);
}

static pthread_t *start_busy(int threads, long ms)
{
	pthread_t *all = calloc(threads + 1, sizeof(*all));

	if (!all || pthread_barrier_init(&begin, NULL, threads + 1) || pthread_barrier_init(&end, NULL, threads + 1))
		fail("pthread_barrier_init");
	for (int i = 0; i < threads; i++)
		if (pthread_create(&all[i], NULL, busy, (void *)ms))
			fail("pthread_create");
	return all;
}

/* busy CPU THREADS MILLIS: all on one CPU (-1: wherever), the leader being one of them; reports before and after */
static void deed_busy(char **args)
{
	long ms = atol(args[2]);

	if (atoi(args[0]) >= 0)
		pin_to(atoi(args[0]));
	start_busy(atoi(args[1]) - 1, ms);
	report("ready");
	pthread_barrier_wait(&begin);
	busy_for(ms);
	pthread_barrier_wait(&end);
	report("done");
}

/* moved THREADS MILLIS: chased from one CPU to the other and back, while they wait as well; reports before and after */
static void deed_moved(char **args)
{
	int threads = atoi(args[0]), cpu = 0;
	pthread_t *all = start_busy(threads, atol(args[1]));
	long stop;

	report("ready");
	pthread_barrier_wait(&begin);
	for (stop = now_ms() + atol(args[1]); now_ms() < stop; cpu = !cpu) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		for (int i = 0; i < threads; i++)
			pthread_setaffinity_np(all[i], sizeof(set), &set);
		usleep(3000);
	}
	pthread_barrier_wait(&end);
	report("done");
}

/* first CPU PROGRAM ARGUMENTS...: becomes that program, with a CPU that no ordinary thread can take from it */
static void deed_first(char **args)
{
	struct sched_param priority = { .sched_priority = 50 };

	pin_to(atoi(args[0]));
	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		fail("sched_setscheduler");
	execv(args[1], args + 1);
	fail(args[1]);
}

/* burn MILLIS: from the start, without a look at anything else; reports when it is done */
static void deed_burn(char **args)
{
	busy_for(atol(args[0]));
	report("done");
}

static const struct {
	const char *name;
	void (*deed)(char **args);
	int arguments;
} deeds[] = {
	{ "exit", deed_exit, 1 },
	{ "kill", deed_kill, 1 },
	{ "live", deed_live, 1 },
	{ "forks", deed_forks, 1 },
	{ "execs", deed_execs, 2 },
	{ "group-exit", deed_group_exit, 2 },
	{ "leader-first", deed_leader_first, 2 },
	{ "exec-in-thread", deed_exec_in_thread, 1 },
	{ "race", deed_race, 1 },
	{ "eat", deed_eat, 1 },
	{ "busy", deed_busy, 3 },
	{ "moved", deed_moved, 2 },
	{ "first", deed_first, 2 },
	{ "burn", deed_burn, 1 },
};

int main(int count, char **args)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (count >= 2 + deeds[i].arguments && !strcmp(args[1], deeds[i].name)) {
			deeds[i].deed(args + 2);
			return 0;
		}
	if (count == 1)
		return 0; /* told nothing, does nothing */
	fprintf(stderr, "no such deed, or too few arguments: %s\n", args[1]);
	return 99;
}
