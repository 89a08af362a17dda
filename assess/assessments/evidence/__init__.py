"""Scans attached to an assessment: rows, attaching and deleting, and their pages.

Decides: who may attach a scan, when, and what stays of it. Does not decide: what a scan's file must look like and what
its counts mean (`assess.evidence`).
"""
