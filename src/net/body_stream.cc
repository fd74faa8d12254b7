#include "net/body_stream.h"

#include <utility>

namespace meridian::net {

bool BodyStream::write(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (is_closed_ || is_cut_off_ || is_finished_) {
        return false;
    }
    if (bytes.size() > bytes_max_ - waiting_bytes()) {
        is_cut_off_ = true;
        drop_waiting();
        wake();
        return false;
    }
    const bool was_empty = waiting_bytes() == 0;
    waiting_ += bytes;
    if (was_empty && !bytes.empty()) {
        wake();
    }
    return true;
}

std::size_t BodyStream::room() const {
    const std::lock_guard lock(mutex_);
    return is_closed_ || is_cut_off_ ? 0 : bytes_max_ - waiting_bytes();
}

void BodyStream::finish() {
    const std::lock_guard lock(mutex_);
    is_finished_ = true;
    wake();
}

bool BodyStream::is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_ || is_cut_off_;
}

void BodyStream::on_ready(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

BodyStream::Taken BodyStream::take(std::size_t bytes_max) {
    const std::lock_guard lock(mutex_);
    Taken taken;
    if (taken_ == 0 && waiting_.size() <= bytes_max) {
        taken.bytes = std::exchange(waiting_, {});
    } else {
        taken.bytes = waiting_.substr(taken_, bytes_max);
        taken_ += taken.bytes.size();
    }
    if (taken_ > waiting_.size() / 2) {  // so that each byte moves once at most
        waiting_.erase(0, taken_);
        taken_ = 0;
    }
    taken.is_last = is_finished_ && waiting_bytes() == 0;
    taken.is_cut_off = is_cut_off_;
    return taken;
}

void BodyStream::close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    drop_waiting();
    wake_ = nullptr;
}

void BodyStream::drop_waiting() {
    waiting_ = {};
    taken_ = 0;
}

void BodyStream::wake() const {
    if (wake_) {
        wake_();
    }
}

}  // namespace meridian::net
