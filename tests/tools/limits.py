#!/usr/bin/env python3
"""Writes docs/reference/limits.md from compiler/base/limits.h and runtime/ports/limits.h. With
--check nothing is written: the page must be up to date, every bound must name a test that reaches
it, and that test must exist.

    tests/tools/limits.py [--check | --canary]
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "limits.md"
NOTE = "<!-- Written by tests/tools/limits.py; change limits.h or that file instead. -->\n"
HEADERS = [("The compiler and the language", "compiler/base/limits.h"),
           ("The runtime", "runtime/ports/limits.h"),
           ("The language server", "editor-support/lsp/limits.h"),
           ("Previews", "runtime/preview/limits.h"),
           ("The command line", "runtime/cli/limits.h")]
CONSTANT = re.compile(r"constexpr ([\w:]+) (k\w+)\s*(?:=\s*([^;]+)|\{\s*([^}]*)\})\s*;")

# Bound → (what happens beyond it, the file and a name in it of the test that reaches it).
REACHED = {
    "kMaxSourceBytes": ("E0005", "tests/unit/parse_test.cpp", "kMaxSourceBytes"),
    "kMaxNesting": ("E0004", "tests/unit/check_bounds_test.cpp", "DepthOfAnExpression"),
    "kMaxDiagnosticsPerFile": ("counted, not shown", "tests/unit/parse_test.cpp",
                               "kMaxDiagnosticsPerFile"),
    "kMaxSpanYears": ("E0008", "tests/golden/check/limits.trig", "101 years"),
    "kMaxProjectFiles": ("E0158", "tests/unit/config_test.cpp", "has more than 2 files"),
    "kMaxProjectBytes": ("E0158", "tests/unit/config_test.cpp", "kMaxProjectBytes"),
    "kMaxTableFileBytes": ("E0157", "tests/unit/config_test.cpp", "kMaxTableFileBytes"),
    "kMaxMjmlTime": ("the project is in error", "tests/unit/process_test.cpp",
                     "IsEndedWhenItTakesTooLong"),
    "kMaxFolderDepth": ("not looked into", "tests/unit/config_test.cpp", "kMaxFolderDepth"),
    "kMaxSecretBytes": ("`serve` refuses to start", "tests/unit/config_test.cpp",
                        "kMaxSecretBytes"),
    "kMaxSmtpConnections": ("E0154", "tests/unit/config_test.cpp", "connections = 21"),
    "kMaxStepsPerCampaign": ("E0307", "tests/unit/check_bounds_test.cpp", "StepsOfACampaign"),
    "kMaxCatchUpSteps": ("cannot be reached: steps only lead forward, and there are fewer",
                         "tests/unit/verify_test.cpp", "TEST"),
    "kMaxTriggerCount": ("E0351", "tests/golden/check/triggers.trig", "E0351"),
    "kMaxSegmentDepth": ("E0356", "compiler/diagnostics/explain/E0356.md", "# E0356"),
    "kMaxSarifResults": ("the rest is counted", "tests/e2e/ci_test.py",
                         "test_sarif_holds_no_more_than_github_takes"),
    "kMaxAnnotationsPerLevel": ("the rest is in the log", "tests/e2e/ci_test.py",
                                "test_github_shows_ten_of_a_level_and_the_rest_in_the_log"),
    "kMaxRulesBesideAnIndex": ("its index is made anew", "tests/unit/recompile_test.cpp",
                               "kMaxRulesBesideAnIndex"),
    "kMaxOverlapComparisons": ("not compared", "tests/unit/check_bounds_test.cpp",
                               "CampaignsThatOverlap"),
    "kMaxGitOutputBytes": ("`diff` and `check` say so, exit code 2", "tests/e2e/ci_test.py",
                           "test_what_git_says_is_bounded"),
    "kMaxFixRounds": ("what is left is told again; fixes known today need three",
                      "tests/e2e/ci_test.py", "test_a_fix_makes_the_next_one_possible"),
    "kMaxHistoryPerPersonEvent": ("the oldest goes, `why` says so",
                                  "tests/sim/engine_people_test.cpp", "kMaxHistoryPerPersonEvent"),
    "kMaxJourneysPerPerson": ("the start is refused, `why` says so",
                              "tests/sim/engine_people_test.cpp", "kMaxJourneysPerPerson"),
    "kMaxTriggerEventsPerPerson": ("the oldest goes", "tests/sim/engine_triggers_test.cpp",
                                   "kMaxTriggerEventsPerPerson"),
    "kMaxStartsAtOnce": ("no further start", "tests/sim/engine_triggers_test.cpp",
                         "kMaxStartsAtOnce"),
    "kMaxNegativesPerEvent": ("counted in one line", "tests/sim/engine_people_test.cpp",
                              "OneEventSaysOfFewCampaignsWhyItDidNotStartThem"),
    "kMaxSplitsPerPerson": ("the oldest goes", "tests/sim/engine_steps_test.cpp",
                            "kMaxSplitsPerPerson"),
    "kMaxProgramCacheBytes": ("what was not used longest goes", "tests/unit/file_cache_test.cpp",
                              "BeyondTheBoundWhatWasNotUsedLongestGoes"),
    "kMaxObjectCacheBytes": ("what was not used longest goes", "tests/unit/file_cache_test.cpp",
                             "BeyondTheBoundWhatWasNotUsedLongestGoes"),
    "kMaxSharedExpressions": ("computed where it stands", "tests/unit/jit_test.cpp",
                              "kMaxSharedExpressions"),
    "kMaxRulesPerModule": ("another module", "tests/unit/jit_test.cpp",
                           "AModuleHoldsABoundedNumberOfRules"),
    "kMatchesBeforeNative": ("native code is made", "tests/unit/jit_test.cpp",
                             "CodeIsMadeOnceAnEventIsMatchedOften"),
    "kMaxRunningAggregates": ("read anew", "tests/unit/exec_running_test.cpp",
                              "APersonHasABoundedNumber"),
    "kMaxEmptyAggregates": ("read anew", "tests/unit/exec_running_test.cpp",
                            "kMaxEmptyAggregates"),
    "kMaxRunningBytes": ("read anew", "tests/unit/exec_running_test.cpp", "kMaxRunningBytes"),
    "kMaxEventsPerChunk": ("the next commit", "tests/sim/engine_windows_test.cpp",
                           "kMaxEventsPerChunk"),
    "kMaxHourCount": ("all are halved", "tests/unit/exec_state_codec_test.cpp", "kMaxHourCount"),
    "kMaxPostBytes": ("the post fails", "tests/sim/engine_post_test.cpp", "kMaxPostBytes"),
    "kMaxEmitDepth": ("the event is rejected", "tests/sim/engine_steps_test.cpp", "kMaxEmitDepth"),
    "kMaxValueDepth": ("the record is refused", "tests/unit/value_test.cpp", "kMaxValueDepth"),
    "kMaxListItems": ("the event is rejected", "tests/unit/exec_payload_test.cpp",
                      "kMaxListItems"),
    "kMaxTableRows": ("E0330", "tests/unit/csv_test.cpp", "kMaxTableRows"),
    "kMaxRowsPerPerson": ("E0330", "tests/unit/csv_test.cpp", "kMaxRowsPerPerson"),
    "kMaxTableErrors": ("the rest is not read", "tests/unit/csv_test.cpp", "kMaxTableErrors"),
    "kMaxCellBytes": ("E0330", "tests/unit/csv_test.cpp", "kMaxCellBytes"),
    "kMaxRecommended": ("E0205", "tests/golden/check/limits.trig", "recommend(goods, 21"),
    "kMaxRecommendCandidates": ("the others are not looked at", "tests/unit/builtins_test.cpp",
                                "kMaxRecommendCandidates"),
    "kMaxTemplateOutputBytes": ("the mail fails", "tests/unit/liquid_bounds_test.cpp", "Output"),
    "kMaxTemplateSteps": ("the mail fails", "tests/unit/liquid_bounds_test.cpp", "Steps"),
    "kMaxRenderDepth": ("the mail fails", "tests/unit/liquid_bounds_test.cpp", "Partials"),
    "kMaxEventBytes": ("413", "tests/unit/ingest_api_test.cpp", "kMaxEventBytes"),
    "kMaxBatchBytes": ("413", "tests/unit/ingest_api_test.cpp", "kMaxBatchBytes"),
    "kMaxEventsPerBatch": ("400", "tests/unit/ingest_api_test.cpp", "kMaxEventsPerBatch"),
    "kMaxJsonDepth": ("the event is rejected", "tests/unit/ingest_envelope_test.cpp",
                      "kMaxJsonDepth"),
    "kMaxIdBytes": ("the event is rejected", "tests/unit/ingest_envelope_test.cpp",
                    "kMaxIdBytes"),
    "kMaxInboxEvents": ("429", "tests/unit/engine_thread_test.cpp", "kMaxInboxEvents"),
    "kMaxInboxBytes": ("429", "tests/unit/engine_thread_test.cpp", "kMaxInboxBytes"),
    "kMaxGroupCommitEvents": ("the next commit", "tests/unit/engine_thread_test.cpp",
                              "kMaxGroupCommitEvents"),
    "kMaxHeaderBytes": ("431", "tests/unit/http_server_test.cpp", "BoundsTheHeader"),
    "kReadTimeout": ("408", "tests/unit/http_server_test.cpp", "EndsARequestThatDripsIn"),
    "kIdleTimeout": ("closed", "tests/unit/http_server_test.cpp", "ClosesIdleConnections"),
    "kMaxConnections": ("503", "tests/unit/http_server_test.cpp",
                        "ShedsConnectionsBeyondItsNumber"),
    "kMaxBufferedBodyBytes": ("503", "tests/unit/http_server_test.cpp",
                              "BoundsTheBodiesOfAllConnectionsTogether"),
    "kWriteTimeout": ("closed", "tests/unit/http_server_test.cpp",
                      "GivesUpOnAClientThatDoesNotRead"),
    "kLingerTimeout": ("closed", "tests/unit/http_server_test.cpp",
                       "DoesNotListenToARefusedClientForEver"),
    "kMaxLingerBytes": ("closed", "tests/unit/http_server_test.cpp",
                        "DoesNotListenToARefusedClientForEver"),
    "kConnectTimeout": ("tried again", "tests/unit/http_client_test.cpp",
                        "ConnectingIsBoundedInTime"),
    "kCallTimeout": ("in doubt", "tests/unit/http_client_test.cpp",
                     "IsInDoubtWhenNoAnswerComesInTime"),
    "kMaxResponseBytes": ("cut off, the status counts", "tests/unit/http_client_test.cpp",
                          "BoundsTheAnswer"),
    "kMaxConnectionsPerHost": ("the call waits", "tests/unit/http_client_test.cpp",
                               "BoundsTheConnectionsOfAHost"),
    "kMaxWaitingCalls": ("tried again", "tests/unit/http_client_test.cpp",
                         "BoundsTheConnectionsOfAHost"),
    "kMaxInterimResponses": ("in doubt", "tests/unit/http_client_test.cpp",
                             "kMaxInterimResponses"),
    "kMaxMailBytes": ("the mail fails", "tests/unit/mime_test.cpp", "kMaxMailBytes"),
    "kMaxMailHeaders": ("the mail fails", "tests/unit/mime_test.cpp", "kMaxMailHeaders"),
    "kMaxMailHeaderBytes": ("the mail fails", "tests/unit/mime_test.cpp", "kMaxMailHeaderBytes"),
    "kMaxReplyLineBytes": ("the session ends", "tests/unit/smtp_scripted_test.cpp",
                           "kMaxReplyLineBytes"),
    "kMaxReplyLines": ("the session ends", "tests/unit/smtp_scripted_test.cpp", "kMaxReplyLines"),
    "kMaxConnectionsPerRelay": ("the mail waits", "tests/unit/smtp_scripted_test.cpp",
                                "kMaxConnectionsPerRelay"),
    "kMaxMailsPerConnection": ("a fresh one", "tests/unit/smtp_scripted_test.cpp",
                               "kMaxMailsPerConnection"),
    "kMaxHandoversInFlight": ("the mail waits", "tests/unit/smtp_sink_test.cpp",
                              "kMaxHandoversInFlight"),
    "kMaxAttempts": ("the mail has failed", "tests/unit/retry_test.cpp", "kMaxAttempts"),
    "kFirstRetryDelay": ("", "tests/unit/retry_test.cpp", "kFirstRetryDelay"),
    "kMaxRetryDelay": ("", "tests/unit/retry_test.cpp", "kMaxRetryDelay"),
    "kMaxMailAge": ("the mail has failed", "tests/unit/retry_test.cpp", "kMaxMailAge"),
    "kMaxSameFileNames": ("the mail fails", "tests/unit/file_transport_test.cpp",
                          "kMaxSameFileNames"),
    "kMaxRecordedSpan": ("the back-test does not run", "tests/unit/recording_test.cpp",
                         "kMaxRecordedSpan"),
    "kMaxWarmUp": ("left out, and counted", "tests/unit/recording_test.cpp", "kMaxWarmUp"),
    "kMaxShownUnreadable": ("counted, not shown", "tests/unit/recording_test.cpp",
                            "kMaxShownUnreadable"),
    "kMaxEventPageBytes": ("the next page has the rest", "tests/unit/event_page_test.cpp",
                           "kMaxEventPageBytes"),
    "kMaxTemporaryMemoryBytes": ("a file without a name on disk", "tests/unit/recording_test.cpp",
                                 "kMaxTemporaryMemoryBytes"),
    "kMaxReasons": ("counted as other reasons", "tests/unit/backtest_test.cpp", "kMaxReasons"),
    "kMaxSamples": ("refused", "tests/e2e/backtest_test.py", "101"),
    "kMaxWorstPeople": ("counted, not shown", "tests/unit/backtest_test.cpp", "kMaxWorstPeople"),
    "kMaxFactors": ("refused", "tests/unit/fail_if_test.cpp", "kMaxFactors"),
    "kMaxReplacedPrograms": ("compiled again from its stored files",
                             "tests/sim/engine_deploy_test.cpp", "kMaxReplacedPrograms"),
    "kMaxPeoplePerChunk": ("the next commit", "tests/sim/engine_triggers_test.cpp",
                           "kMaxPeoplePerChunk"),
    "kMaxAdminBodyBytes": ("413", "tests/e2e/admin_test.py",
        "kMaxAdminBodyBytes"),
    "kMaxAdminConnections": ("refused with 503", "tests/e2e/admin_test.py",
        "test_only_so_many_connections_are_served"),
    "kMaxAdminJobs": ("503, to be tried again", "tests/e2e/admin_test.py",
        "test_only_so_many_wait"),
    "kAdminReadTimeout": ("408", "tests/unit/http_server_test.cpp", "EndsARequestThatDripsIn"),
    "kMinAdminTokenBytes": ("`serve` refuses to start", "tests/e2e/admin_test.py",
        "test_a_token_that_is_short_or_missing_stops_the_start"),
    "kMaxBundlePathBytes": ("400", "tests/e2e/admin_test.py",
        "test_paths_lead_nowhere_but_into_the_project"),
    "kMaxKeptVersions": ("the oldest goes", "tests/e2e/admin_test.py",
        "test_versions_are_bounded"),
    "kMaxSamplePeople": ("counted, not named", "tests/e2e/admin_test.py",
        "test_a_deploy_does_what_the_plan_said_and_why_explains_it"),
    "kMaxLinkTokenBytes": ("the link is refused", "tests/unit/links_test.cpp",
                           "kMaxLinkTokenBytes"),
    "kDuplicateWindow": ("the event is taken as new", "tests/sim/engine_inputs_test.cpp",
                         "kDuplicateWindow"),
    "kMaxReplInputBytes": ("the input is refused", "tests/unit/session_test.cpp",
                           "kMaxReplInputBytes"),
    "kMaxReplInputs": ("the input is refused", "tests/unit/session_test.cpp", "kMaxReplInputs"),
    "kMaxReplHistory": ("the oldest goes", "tests/e2e/repl_tmux_test.py", "kMaxReplHistory"),
    "kMaxReplTakenEvents": ("the oldest are left out, which is said",
                            "tests/unit/session_test.cpp", "kMaxReplTakenEvents"),
    "kMaxReplRecordedEvents": ("they are refused", "tests/unit/recording_test.cpp",
                               "kMaxReplRecordedEvents"),
    "kMaxReplPlanTurns": ("`and it goes on`", "tests/unit/session_test.cpp", "kMaxReplPlanTurns"),
    "kMaxMessageBytes": ("an error is answered", "tests/unit/lsp_protocol_test.cpp",
                         "WhatIsTooLongIsPassedOver"),
    "kMaxMessageHeaderBytes": ("an error is answered", "tests/unit/lsp_protocol_test.cpp",
                               "AHeaderWithoutEndIsRefused"),
    "kMaxMessageDepth": ("an error is answered", "tests/unit/lsp_protocol_test.cpp",
                         "kMaxMessageDepth"),
    "kMaxOpenProjects": ("opened again when it is needed", "tests/unit/lsp_features_test.cpp",
                         "kMaxOpenProjects"),
    "kMaxCompletions": ("the list says that there is more", "tests/unit/lsp_features_test.cpp",
                        "kMaxCompletions"),
    "kMaxWorkspaceSymbols": ("left out", "tests/unit/lsp_features_test.cpp",
                             "kMaxWorkspaceSymbols"),
    "kMaxCheckedTableBytes": ("their rows are not checked", "tests/unit/lsp_features_test.cpp",
                              "kMaxCheckedTableBytes"),
    "kMaxSampleDepth": ("left empty", "tests/e2e/pictures_test.py", "test_samples_end_somewhere"),
    "kMaxPageHeight": ("cut off", "tests/e2e/pictures_test.py", "test_a_picture_is_bounded"),
    "kMaxPageBytes": ("`preview` says so, exit code 2", "tests/unit/process_test.cpp",
                      "IsEndedWhenItWritesTooMuch"),
    "kMaxPageTime": ("`preview` says so, exit code 2", "tests/unit/process_test.cpp",
                     "IsEndedWhenItTakesTooLong"),
    "kServerCallTimeout": ("the command says so, exit code 2", "tests/unit/http_client_test.cpp",
                           "IsInDoubtWhenNoAnswerComesInTime"),
    "kMaxServerAnswerBytes": ("the command says so, exit code 2",
                              "tests/unit/http_client_test.cpp", "BoundsTheAnswer"),
    "kMaxDecisionsPerPerson": ("the oldest goes", "tests/sim/engine_people_test.cpp",
                               "kMaxDecisionsPerPerson"),
}

# Bounds that no test reaches: an honest list, which a bound leaves when it gets its test.
UNREACHED = {
    "kMaxOffered": "`…` stands for the rest",
    "kHandoversPerConnection": "the mail waits",
    "kStoreCacheBytes": "kept by the store",
    "kStoreWriteBufferBytes": "kept by the store",
    "kMaxStoreLogBytes": "kept by the store",
    "kMaxStoreOpenFiles": "kept by the store",
}


def constants(path):
    """(section, name, type, expression, comment) of each bound of a header."""
    text = (ROOT / path).read_text()
    body = text[re.search(r"namespace trig(::\w+)? \{", text).end():]
    # A declaration over two lines is put on one.
    body = re.sub(r"(=|\{)\n\s+", r"\1 ", body)
    section = ""
    lines = body.splitlines()
    for at, line in enumerate(lines):
        if line.startswith("// "):
            # The first line of a comment after an empty one names what follows.
            if at == 0 or not lines[at - 1].strip():
                section = line[3:]
            continue
        found = CONSTANT.match(line)
        if not found:
            continue
        comment = line[found.end():].strip().lstrip("/").strip()
        following = at + 1
        while following < len(lines) and re.match(r"\s+// ", lines[following]):
            comment += " " + lines[following].strip()[3:]
            following += 1
        yield section, found[2], found[1], (found[3] or found[4]).strip(), comment


def value_text(name, kind, expression):
    number = eval(re.sub(r"(?<=\d)'(?=\d)", "", expression), {"__builtins__": {}})
    if kind.startswith("std::chrono::"):
        return f"{number:,} {kind.rpartition(':')[2]}"
    for unit, size in (("MiB", 1024 * 1024), ("KiB", 1024)):
        if name.endswith("Bytes") and number % size == 0 and number:
            return f"{number // size:,} {unit}"
    return f"{number:,}"


def page():
    parts = [NOTE, "# Bounds\n",
             "Everything that could grow has a bound. What the compiler refuses has a code; what",
             "the runtime refuses, sheds or drops is told in an answer, in `why` or as a metric.",
             "The tables are written from the headers that hold the bounds.\n"]
    for title, header in HEADERS:
        parts.append(f"## {title}\n\n`{header}`\n")
        parts.append("| bound | value | of what | beyond it | reached by |\n|---|---|---|---|---|")
        for section, name, kind, expression, comment in constants(header):
            beyond, test = UNREACHED.get(name, ""), "-"
            if name in REACHED:
                beyond, path, _ = REACHED[name]
                test = f"`{pathlib.Path(path).name}`"
            what = section.rstrip(".") + (": " + comment if comment else "")
            value = value_text(name, kind, expression)
            parts.append(f"| `{name}` | {value} | {what} | {beyond} | {test} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def mistakes(text):
    found = []
    if not PAGE.exists() or PAGE.read_text() != text:
        found.append("docs/reference/limits.md is not up to date: run tests/tools/limits.py")
    known = {name for _, header in HEADERS for _, name, _, _, _ in constants(header)}
    for name in sorted(known - set(REACHED) - set(UNREACHED)):
        found.append(f"no test is named that reaches {name}")
    for name in sorted((set(REACHED) | set(UNREACHED)) - known):
        found.append(f"there is no bound {name}")
    for name, (_, path, words) in sorted(REACHED.items()):
        if not (ROOT / path).exists() or words not in (ROOT / path).read_text():
            found.append(f"{name}: {path} does not hold `{words}`")
    return found


def main():
    text = page()
    if "--canary" in sys.argv:
        known = len(mistakes(text))
        REACHED["kMaxNoSuchThing"] = ("", "tests/none.cpp", "x")
        del REACHED["kMaxNesting"]
        if len(mistakes(text + "x")) < known + 4:
            sys.exit("planted mistakes were not found")
        return
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    found = mistakes(text)
    for one in found:
        print(one, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
