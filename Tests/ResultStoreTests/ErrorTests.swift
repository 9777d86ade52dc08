import Foundation
import StoreFixtures
import Testing
import TrialContract

@testable import ResultStore

/// Each trouble has a message that names the operation, the path and the remedy, loses nothing and leaves nothing.
@Suite struct ErrorTests {
    func failure(_ path: String, plan: FakePlan = FakePlan(), mode: ResultWriter.Mode = .resume) -> ResultStoreError? {
        #expect(throws: ResultStoreError.self) {
            try ResultWriter.open(path: path, plan: plan, mode: mode, provenance: .test)
        }
    }

    func makeResult(_ path: String, plan: FakePlan = FakePlan(), limit: Int = .max) throws {
        let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
        try plan.run(writer, limit: limit)
        try writer.finish()
    }

    @Test func aFolderIsNoResult() throws {
        try withFolder { folder in
            let error = failure(folder)
            #expect(error?.kind == .cannotCreate)
            #expect(error?.description == "cannot create \(folder): it is a folder; give --output the path of a file in it")
            #expect(names(in: folder).isEmpty)
            #expect(#expect(throws: ResultStoreError.self) { try ResultReader.open(folder) }?.kind == .damaged)
        }
    }

    /// A run that extends a result puts another file in its place: what is read is all of one file.
    @Test func aFileThatIsReplacedWhileItIsOpenedIsOpenedAgain() throws {
        try withFolder { folder in
            let (path, other) = (folder + "/a.h5", folder + "/b.h5")
            try "old".write(toFile: path, atomically: false, encoding: .utf8)
            try "new".write(toFile: other, atomically: false, encoding: .utf8)
            var texts: [String] = []
            let read = try Paths.reading(path) {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                if texts.isEmpty { rename(other, path) }
                texts.append(text)
                // Half of each was read the first time: what it makes of that is not told.
                if texts.count == 1 { throw ResultStoreError(.damaged, "read", path: path, reason: "of two files") }
                return text
            }
            #expect(read == "new" && texts == ["old", "new"])
        }
    }

    /// Of a header and rows that are opened one after the other, by name.
    @Test(arguments: [false, true]) func rowsOfAnotherFileThanTheHeadersAreNeverRead(isPacked: Bool) throws {
        try withFolder { folder in
            // Of one sweep, the second with one trial more: nothing about the first says that they differ.
            let paths = try [4, 5].map { trials in
                let path = "\(folder)/\(trials).h5"
                var plan = FakePlan()
                plan.trials = trials
                let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
                try plan.run(writer)
                try writer.finish()
                if isPacked { _ = try ResultCompression.run(path: path, level: 4, threads: 1) }
                return path
            }
            let header = try ResultHeader.read(paths[0])
            _ = try ResultReader(header)
            try #require(rename(paths[1], paths[0]) == 0)
            let openings: [(String, () throws -> Void)] = [
                ("a reader", { _ = try ResultReader(header) }),
                ("a merge", { _ = try MergeSource.all([header]) }),
                ("a look for damage", { _ = try ResultDamage(header) }),
                ("a writer", { _ = try header.openFile(writable: true) }),
            ]
            for (name, open) in openings {
                let error = #expect(throws: ResultStoreError.self, "\(name)") { try open() }
                #expect(error?.kind == .inputOutput && error?.description.contains("another file took its place") == true, "\(name)")
                #expect(error?.path == paths[0])
            }
            #expect(try ResultReader.open(paths[0]).trials == 5)
        }
    }

    /// A file that is removed gives its number to the next that is made.
    @Test func rowsOfAFileThatHasTheHeadersNumberAreNeverRead() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", another = folder + "/b.h5"
            var other = FakePlan()
            other.trials += 1
            try makeResult(another, plan: other)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: another))
            func number() -> ino_t {
                var info = stat()
                return stat(path, &info) == 0 ? info.st_ino : 0
            }
            // Until the number is given again, which other tests may take in between; some file systems never do.
            for _ in 0..<50 {
                unlink(path)
                try makeResult(path)
                let header = try ResultHeader.read(path), own = number()
                unlink(path)
                // File systems tell times to some milliseconds.
                usleep(20_000)
                try bytes.write(to: URL(fileURLWithPath: path))
                let error = #expect(throws: ResultStoreError.self) { try ResultReader(header) }
                #expect(error?.kind == .inputOutput && error?.path == path, "\(String(describing: error))")
                if number() == own { break }
            }
        }
    }

    /// What is made of a result does not take the place of another file that has its name by now.
    @Test func whatTookTheResultsPlaceIsNotOverwritten() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", plan = FakePlan()
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(writer)
            try writer.finish()
            var larger = plan
            larger.trials += 1
            let growing = try ResultWriter.open(path: path, plan: larger, provenance: .test)
            try larger.run(growing)
            try Data("another's".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            let error = #expect(throws: ResultStoreError.self) { try growing.finish() }
            #expect(error?.kind == .inputOutput && error?.description.contains("another file took its place") == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "another's")
            // What was computed is there for the next run, where the result is back.
            try FileManager.default.removeItem(atPath: path)
            let again = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try plan.run(again)
            try again.finish()
            let next = try ResultWriter.open(path: path, plan: larger, provenance: .test)
            #expect(next.summary.missing == 0)
            try next.finish()
            #expect(try ResultReader.open(path).trials == larger.trials)
        }
    }

    /// What came to lie at a place since it was looked at is not lost, whatever is written there.
    @Test func whatCameToLieThereMeanwhileIsNotOverwritten() throws {
        try withFolder { folder in
            let path = folder + "/a.h5", another = "another's"
            let come: @Sendable () -> Void = { try? Data(another.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) }
            let plan = FakePlan()
            var meddled = plan
            meddled.whenAsked = come
            try makeResult(folder + "/shard.h5", plan: plan)
            func array() -> ArrayFile { ArrayFile(kind: "fits", dimensions: [], coordinates: [], variables: [], attributes: []) }
            func text(_ meddle: @escaping () -> Void = {}) throws {
                try TextFile.write("own", to: path, kind: "page", mark: "own") { meddle(); return $0 == "own" }
            }
            func merge(_ plan: FakePlan) throws {
                _ = try ResultMerger(paths: [folder + "/shard.h5"], output: path, provenance: .test, plan: plan).run()
            }
            let makings: [(name: String, before: () throws -> Void, make: () throws -> Void)] = [
                ("arrays", {}, { var file = array(); file.isMade = come; try file.write(to: path) }),
                ("arrays again", { try array().write(to: path) }, { var file = array(); file.isMade = come; try file.write(to: path) }),
                ("a text again", { try text() }, { try text(come) }),
                ("a result", {}, { _ = try ResultWriter.open(path: path, plan: meddled, provenance: .test) }),
                ("a result afresh", { try makeResult(path) },
                 { _ = try ResultWriter.open(path: path, plan: meddled, mode: .fresh, provenance: .test) }),
                ("a merge", {}, { try merge(meddled) }),
                ("a merge again", { try merge(plan) }, { try merge(meddled) }),
            ]
            for (name, before, make) in makings {
                try before()
                let isThere = FileManager.default.fileExists(atPath: path)
                let error = #expect(throws: ResultStoreError.self, "\(name)") { try make() }
                #expect(error?.kind == .inputOutput && error?.path == path, "\(name)")
                #expect(error?.reason == (isThere ? "another file took its place meanwhile" : "another file came to lie there meanwhile"), "\(name)")
                #expect(try String(contentsOfFile: path, encoding: .utf8) == another, "\(name)")
                #expect(names(in: folder) == ["a.h5", "shard.h5"], "\(name)")
                unlink(path)
            }
        }
    }

    /// A file that is removed gives its number to the next that is made: that is another file all the same.
    @Test func aPlaceKnowsItsFileFromTheNextWithItsNumber() throws {
        try withFolder { folder in
            let path = folder + "/a", new = folder + "/new"
            func make(_ path: String, _ text: String) throws { try text.write(toFile: path, atomically: false, encoding: .utf8) }
            func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
            try make(path, "old")
            try make(new, "new")
            #expect(throws: ResultStoreError.self) {
                try OutputPlace.take(path) { place in
                    unlink(path)
                    try make(path, "another's")
                    try place.fill(with: new)
                }
            }
            #expect(try text() == "another's")
            // One that stayed is replaced, and one that is gone is no loss.
            for isGone in [false, true] {
                try make(new, "new \(isGone)")
                try OutputPlace.take(path) { place in
                    if isGone { unlink(path) }
                    try place.fill(with: new)
                }
                #expect(try text() == "new \(isGone)")
            }
        }
    }

    /// Shards a and b, and files that take the place of b, one whenever all headers are read and no row is.
    func merging(
        _ replacements: [FakePlan], _ body: (_ folder: String, _ merge: () throws -> MergeSummary) throws -> Void
    ) throws {
        try withFolder { folder in
            for (name, plan) in [("a", FakePlan()), ("b", FakePlan())] + replacements.enumerated().map({ ("\($0)", $1) }) {
                try makeResult("\(folder)/\(name).h5", plan: plan)
            }
            var merger = ResultMerger(paths: ["a", "b"].map { "\(folder)/\($0).h5" }, output: folder + "/m.h5", provenance: .test)
            var looks = 0
            merger.headersAreRead = {
                rename("\(folder)/\(looks).h5", folder + "/b.h5")
                looks += 1
            }
            try body(folder) { try merger.run() }
        }
    }

    @Test func aShardThatIsReplacedWhileItIsMergedIsReadAgain() throws {
        try merging([FakePlan()]) { folder, merge in
            let summary = try merge(), found = try Truth(FakePlan()).compare(ResultReader.open(folder + "/m.h5"))
            #expect(summary.counts.missing == 0 && found.complaint == nil)
            #expect(names(in: folder) == ["a.h5", "b.h5", "m.h5"])
        }
    }

    @Test func aShardThatIsReplacedAgainAndAgainWhileItIsMergedIsNamed() throws {
        try merging([FakePlan(), FakePlan()]) { folder, merge in
            let error = #expect(throws: ResultStoreError.self) { try merge() }
            #expect(error?.kind == .inputOutput && error?.path == folder + "/b.h5", "\(String(describing: error))")
            #expect(names(in: folder) == ["a.h5", "b.h5"])
        }
    }

    /// What is said is of the file that is there now.
    @Test func aShardThatAnotherSweepReplacesWhileItIsMergedIsForeign() throws {
        var other = FakePlan()
        other.trials += 1
        try merging([other]) { folder, merge in
            let error = #expect(throws: ResultStoreError.self) { try merge() }
            #expect(error?.kind == .damaged && error?.remedy == "leave it out", "\(String(describing: error))")
            #expect(error?.path == folder + "/b.h5" && names(in: folder) == ["a.h5", "b.h5"])
        }
    }

    @Test func aFileThatIsReplacedAgainAndAgainIsNoDamage() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try "0".write(toFile: path, atomically: false, encoding: .utf8)
            let error = #expect(throws: ResultStoreError.self) {
                try Paths.reading(path) { try "again".write(toFile: path, atomically: true, encoding: .utf8) }
            }
            #expect(error?.kind == .inputOutput && error?.description.contains("another file took its place") == true)
        }
    }

    @Test func aMissingResultIsNotFound() throws {
        let error = #expect(throws: ResultStoreError.self) { try ResultReader.open("/no/such/file.h5") }
        #expect(error?.kind == .notFound && error?.description.contains("/no/such/file.h5") == true)
    }

    @Test(arguments: [ResultWriter.Mode.resume, .fresh]) func whatIsNoResultIsNeverOverwritten(mode: ResultWriter.Mode) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try "my thesis".write(toFile: path, atomically: false, encoding: .utf8)
            let error = failure(path, mode: mode)
            #expect(error?.kind == .cannotCreate && error?.reason == "it is not an HDF5 file")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "my thesis")
            unlink(path)
            try HDF5Library.exclusively {
                let file = try HDF5File.create(path: path)
                try file.createDataset("mine", .float64, [])
                try file.close()
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(failure(path, mode: mode)?.reason == "it is an HDF5 file, but not a result of samsweep")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func anotherSweepsFileIsRefusedWithWhatDiffers() throws {
        try withFolder { folder in
            var plan = FakePlan()
            let path = folder + "/a.h5"
            plan.sourceText = "name: old\nproblem:\n  eigenvalues: 1   # unit\nnoise_model: gaussian\nstart: {radius: 1}\n"
            try makeResult(path, plan: plan, limit: 20)
            plan.sourceText = "name: new\nproblem:\n  eigenvalues: 2\nnoise_model: gaussian\nseed: 4\n"
            plan.sweepFingerprint = "other"
            let error = failure(path, plan: plan)
            #expect(error?.kind == .cannotCreate)
            #expect(error?.description == "cannot write \(path): it belongs to another sweep (problem.eigenvalues: 1 there, "
                + "2 here; only there: start.radius: 1; only here: seed: 4); choose another --output, or start over "
                + "with --fresh")
        }
    }

    @Test func anOlderKernelsResultIsNotMixed() throws {
        try withFolder { folder in
            var plan = FakePlan()
            let path = folder + "/a.h5"
            try makeResult(path, plan: plan, limit: 20)
            plan.sweepFingerprint = "other"
            let newer = Provenance(
                version: "1.0", gitCommit: "def", commandLine: "", references: "", kernelRevision: 2)
            let error = #expect(throws: ResultStoreError.self) {
                try ResultWriter.open(path: path, plan: plan, provenance: newer)
            }
            #expect(error?.reason.contains("kernel revision 1 (samsweep 0.0-test, commit abc123)") == true)
            #expect(error?.reason.contains("computes revision 2") == true)
        }
    }

    @Test func aFullDiskIsNamedBeforeAndWhileWriting() throws {
        let file = try RawFile(path: "/dev/full", writable: true)
        let error = #expect(throws: ResultStoreError.self) { try file.write([1.0], at: 0, "distance") }
        #expect(error?.kind == .inputOutput)
        #expect(error?.description == "cannot write distance of /dev/full: No space left on device; make room or "
            + "choose another --output, then run the same command again")
        try withFolder { folder in
            var plan = FakePlan()
            plan.trials = 1 << 50
            let error = failure(folder + "/new/a.h5", plan: plan)
            #expect(error?.kind == .inputOutput && error?.reason.contains("bytes and the file system has") == true)
            #expect(names(in: folder).isEmpty)
        }
    }

    @Test(.enabled(if: getuid() == 0 && Tool.exists("mount"), "mounting needs root"))
    func aFileSystemThatRunsFullLosesNothing() throws {
        try withMount("size=1100k") { folder in
            let plan = FakePlan.large
            // Less room than the file needs at once: nothing is left behind.
            try Data(count: 500_000).write(to: URL(fileURLWithPath: folder + "/filler"))
            #expect(failure(folder + "/a.h5", plan: plan)?.kind == .inputOutput)
            #expect(names(in: folder) == ["filler"])
            unlink(folder + "/filler")
            waitForRoom(in: folder, bytes: 1_000_000)
            // After the cause is gone the same call goes on. What is needed later is reserved.
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            try? Data(count: 500_000).write(to: URL(fileURLWithPath: folder + "/filler"))
            try plan.run(writer)
            try writer.finish()
            #expect(try Truth(plan).compare(ResultReader.open(folder + "/a.h5")).complaint == nil)
        }
    }

    /// A child of another test that was started meanwhile may hold the deleted file open for a moment.
    private func waitForRoom(in folder: String, bytes: UInt) {
        for _ in 0..<1000 {
            var state = statvfs()
            if statvfs(folder, &state) == 0, UInt(state.f_bavail) * UInt(state.f_frsize) > bytes { return }
            usleep(10_000)
        }
    }

    @Test(.enabled(if: getuid() == 0 && Tool.exists("mount"), "mounting needs root"))
    func aReadOnlyFileSystemIsNamed() throws {
        try withMount("ro,size=100k") { folder in
            let error = failure(folder + "/new/a.h5")
            #expect(error?.kind == .cannotCreate && error?.reason.contains("Read-only file system") == true)
            #expect(error?.remedy.contains("read-only") == true)
            #expect(failure(folder + "/a.h5")?.kind == .cannotCreate)
        }
    }

    func withMount(_ options: String, _ body: (String) throws -> Void) throws {
        try withFolder { folder in
            let mount = try Tool.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
            try #require(mount.status == 0, "\(mount.errors)")
            defer { _ = try? Tool.run("umount", [folder]) }
            try body(folder)
        }
    }

    /// `strace` makes chosen calls of the run fail.
    @Test(.enabled(if: Tool.exists("strace")), arguments: [
        "pwrite64:error=ENOSPC:when=60+", "pwrite64:error=EIO:when=45", "fdatasync:error=EIO:when=3+",
        "pwrite64:error=EDQUOT:when=100+", "fdatasync:error=ENOSPC:when=2",
    ])
    func failingWritesAreReportedAndTheSameCommandGoesOn(fault: String) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let truth = Truth(.large)
            var refusals = 0
            let trace = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=\(fault)"]
            for seed in 0..<3 {
                let run = try Tool.run("strace", trace + [KillTests.worker.path, path, "\(seed)", "40", "300"])
                if run.status != 0 {
                    refusals += 1
                    #expect(run.status == 74)
                    #expect(run.errors.contains(path) && run.errors.contains("; "), "\(run.errors)")
                }
                guard try Paths.entry(path) == .file else { continue }
                #expect(try truth.compare(ResultReader.open(path)).complaint == nil)
            }
            #expect(refusals > 0)
            let last = try Tool.run(KillTests.worker.path, [path, "9", "331", "0"])
            #expect(last.status == 0, "\(last.errors)")
            let (done, complaint) = try truth.compare(ResultReader.open(path))
            #expect(complaint == nil && done.count == 40 * 331 * 9 / 10)
        }
    }

    @Test(arguments: ["TRUE", "FALSE", "BEST_EFFORT"]) func whateverTheEnvironmentSaysOfLocksARunWorks(value: String) throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let run = try Tool.run("env", [
                "HDF5_USE_FILE_LOCKING=\(value)", KillTests.worker.path, path, "1", "331", "0",
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try ResultReader.open(path).isMarkedComplete)
            #expect(names(in: folder) == ["a.h5"])
        }
    }

    @Test func aLinkStaysALinkAndRightsStay() throws {
        try withFolder { folder in
            mkdir(folder + "/scratch", 0o755)
            try makeResult(folder + "/scratch/a.h5")
            chmod(folder + "/scratch/a.h5", 0o640)
            symlink("scratch/a.h5", folder + "/a.h5")
            var grown = FakePlan()
            grown.trials = 12
            try makeResult(folder + "/a.h5", plan: grown)
            var info = stat()
            #expect(lstat(folder + "/a.h5", &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
            #expect(stat(folder + "/a.h5", &info) == 0 && info.st_mode & 0o777 == 0o640)
            #expect(try ResultReader.open(folder + "/a.h5").trials == 12)
            #expect(names(in: folder + "/scratch") == ["a.h5"])
        }
    }

    @Test func aReaderThatHoldsTheFileDoesNotDisturb() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let path = folder + "/a.h5"
            try makeResult(path, limit: 50)
            let descriptor = open(path, O_RDONLY)
            defer { close(descriptor) }
            // As libhdf5 does it.
            #expect(flock(descriptor, LOCK_SH | LOCK_NB) == 0)
            try makeResult(path)
            #expect(try plan.complaints(ResultReader.open(path)).isEmpty)
            #expect(try ResultReader.open(path).isMarkedComplete)
        }
    }

    @Test func aHeldLockNamesItsHolder() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try ResultWriter.open(path: path, plan: FakePlan(), provenance: .test)
            let error = failure(path)
            #expect(error?.kind == .inputOutput)
            #expect(error?.reason.hasPrefix("another run is writing it (process \(getpid()) on ") == true)
            try writer.finish()
            #expect(names(in: folder) == ["a.h5"])
            try makeResult(path)
        }
    }

    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP, 524])
    func aFileSystemWithoutLocksIsWarnedOf(code: Int32) throws {
        try withFolder { folder in
            let lock = try LockFile(for: folder + "/a.h5", flock: { _ in code })
            #expect(lock.warning?.contains("errno \(code)") == true)
            #expect(lock.warning?.contains("HDF5_USE_FILE_LOCKING=FALSE") == true)
            #expect(lock.warning?.contains(folder + "/a.h5") == true)
            lock.release()
            #expect(names(in: folder).isEmpty)
        }
    }

    @Test func aLockThatFailsOtherwiseIsAnErrorWithTheHint() throws {
        try withFolder { folder in
            let error = #expect(throws: ResultStoreError.self) {
                try LockFile(for: folder + "/a.h5", flock: { _ in EIO })
            }
            #expect(error?.kind == .inputOutput && error?.remedy.contains("HDF5_USE_FILE_LOCKING=FALSE") == true)
        }
    }

    @Test func aFileRemovedReplacedOrCutShortWhileWrittenIsNoticed() throws {
        for fault in ["removed", "replaced", "cut short"] {
            try withFolder { folder in
                let plan = FakePlan()
                let path = folder + "/a.h5"
                let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
                try plan.run(writer, limit: 20)
                try writer.synchronise()
                switch fault {
                case "removed": unlink(path)
                case "replaced":
                    try makeResult(folder + "/b.h5", limit: 5)
                    rename(folder + "/b.h5", path)
                default: truncate(path, 20_000)
                }
                try writer.store(plan.block(cells: [3], trials: 2..<7))
                let error = #expect(throws: ResultStoreError.self) { try writer.synchronise() }
                #expect(error?.kind == .inputOutput && error?.reason.contains(fault == "cut short" ? fault : "removed or replaced") == true)
                // Nothing is taken for stored any more.
                #expect(throws: ResultStoreError.self) { try writer.store(plan.block(cells: [6], trials: 0..<2)) }
                #expect(throws: ResultStoreError.self) { try writer.finish() }
            }
        }
    }
}
