import Testing

@testable import SweepExecution

@Suite struct AvailableCoresTests {
    @Test func thereIsAlwaysACore() {
        #expect(AvailableCores.count() >= 1)
    }

    @Test func theAffinityMaskIsCounted() {
        #expect(AvailableCores.affinityCores("Name:\tx\nCpus_allowed:\t3f,ffffffff\nCpus_allowed_list:\t0-37\n") == 38)
        #expect(AvailableCores.affinityCores("Cpus_allowed:\t5\n") == 2)
        #expect(AvailableCores.affinityCores("Cpus_allowed_list:\t0-3\n") == nil)
    }

    @Test func aVersionTwoQuotaIsRoundedUp() {
        #expect(AvailableCores.version2Cores("150000 100000\n") == 2)
        #expect(AvailableCores.version2Cores("200000 100000\n") == 2)
        #expect(AvailableCores.version2Cores("10000 100000\n") == 1)
        #expect(AvailableCores.version2Cores("max 100000\n") == nil)
        #expect(AvailableCores.version2Cores("") == nil)
        #expect(AvailableCores.version2Cores("100000 0") == nil)
    }

    @Test func aVersionOneQuotaOfMinusOneIsNone() {
        #expect(AvailableCores.version1Cores(quota: "-1\n", period: "100000\n") == nil)
        #expect(AvailableCores.version1Cores(quota: "250000\n", period: "100000\n") == 3)
        #expect(AvailableCores.version1Cores(quota: "x", period: "100000\n") == nil)
    }

    @Test func theTightestGroupAboveCounts() {
        let files = [
            "/proc/self/cgroup": "0::/user.slice/job\n",
            "/sys/fs/cgroup/user.slice/job/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/user.slice/cpu.max": "300000 100000\n",
        ]
        #expect(AvailableCores.controlGroupCores { files[$0] } == 3)
    }

    @Test func aContainersMountCountsWhereTheGroupsPathIsTheHosts() {
        let version2 = ["/proc/self/cgroup": "0::/docker/abc\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n"]
        #expect(AvailableCores.controlGroupCores { version2[$0] } == 2)
        let version1 = [
            "/proc/self/cgroup": "7:memory:/x\n4:cpu,cpuacct:/docker/abc\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]
        #expect(AvailableCores.controlGroupCores { version1[$0] } == 1)
        #expect(AvailableCores.controlGroupCores { _ in nil } == nil)
    }

    @Test func aSchedulersAllocationIsAPositiveNumber() {
        func cores(_ variables: [String: String]) -> Int? { AvailableCores.scheduledCores { variables[$0] } }
        #expect(cores(["SLURM_CPUS_PER_TASK": "6"]) == 6)
        #expect(cores(["NSLOTS": "3"]) == 3)
        #expect(cores(["SLURM_CPUS_PER_TASK": "6", "NSLOTS": "3"]) == 3)
        #expect(cores(["NCPUS": "4", "PBS_JOBID": "12[3].server"]) == 4)
        #expect(cores(["NCPUS": "4"]) == nil)
        for text in ["0", "-2", "", "six", "2(x2)"] { #expect(cores(["SLURM_CPUS_PER_TASK": text]) == nil) }
    }
}
